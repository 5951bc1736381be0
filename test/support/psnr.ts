/** Peak signal to noise ratio in dB over all bytes of equal length; Infinity when they are equal. */
export function psnr(left: Uint8Array, right: Uint8Array): number {
  if (left.length !== right.length) throw new Error(`lengths differ: ${left.length} and ${right.length}`)
  let sum = 0
  for (let at = 0; at < left.length; at += 1) sum += ((left[at] ?? 0) - (right[at] ?? 0)) ** 2
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(255 ** 2 / (sum / left.length))
}
