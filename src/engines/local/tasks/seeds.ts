/** Seeds of several results of one request: the first is the request's own, so that asking for one more changes none. */
export function seedsOf(seed: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (seed + index) >>> 0)
}
