/** Small ICC version 2 profiles, so that colour tests need no profile files. */

type Xyz = readonly [x: number, y: number, z: number]
/** Red, green and blue primaries as XYZ, adapted to D50. */
export type Primaries = readonly [red: Xyz, green: Xyz, blue: Xyz]

/** Adobe RGB (1998), adapted to D50. */
export const ADOBE_RGB: Primaries = [
  [0.60974, 0.31111, 0.01947],
  [0.20528, 0.62567, 0.06087],
  [0.14919, 0.06322, 0.74457],
]
const D50: Xyz = [0.9642, 1, 0.8249]

/** A display profile with one power curve for all channels. */
export function createRgbProfile(primaries: Primaries, gamma: number): Buffer {
  const [red, green, blue] = primaries
  const curve = curveTag(gamma)
  return assemble('RGB ', [
    ['desc', descriptionTag()],
    ['cprt', textTag()],
    ['wtpt', xyzTag(D50)],
    ['rXYZ', xyzTag(red)],
    ['gXYZ', xyzTag(green)],
    ['bXYZ', xyzTag(blue)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ])
}

export function createGreyProfile(gamma: number): Buffer {
  return assemble('GRAY', [
    ['desc', descriptionTag()],
    ['cprt', textTag()],
    ['wtpt', xyzTag(D50)],
    ['kTRC', curveTag(gamma)],
  ])
}

function fixed(value: number): number {
  return Math.round(value * 65536)
}

function xyzTag(xyz: Xyz): Buffer {
  const tag = Buffer.alloc(20)
  tag.write('XYZ ', 0, 'latin1')
  for (const [index, value] of xyz.entries()) tag.writeInt32BE(fixed(value), 8 + index * 4)
  return tag
}

function curveTag(gamma: number): Buffer {
  const tag = Buffer.alloc(16)
  tag.write('curv', 0, 'latin1')
  tag.writeUInt32BE(1, 8)
  tag.writeUInt16BE(Math.round(gamma * 256), 12)
  return tag
}

function descriptionTag(): Buffer {
  const tag = Buffer.alloc(96)
  tag.write('desc', 0, 'latin1')
  tag.writeUInt32BE(5, 8)
  tag.write('test', 12, 'latin1')
  return tag
}

function textTag(): Buffer {
  return Buffer.from('text\0\0\0\0none\0\0\0\0', 'latin1')
}

function assemble(colourSpace: string, tags: readonly (readonly [name: string, data: Buffer])[]): Buffer {
  const table = Buffer.alloc(4 + tags.length * 12)
  table.writeUInt32BE(tags.length, 0)
  let offset = 128 + table.length
  for (const [index, [name, data]] of tags.entries()) {
    const at = 4 + index * 12
    table.write(name, at, 'latin1')
    table.writeUInt32BE(offset, at + 4)
    table.writeUInt32BE(data.length, at + 8)
    offset += data.length
  }
  const header = Buffer.alloc(128)
  header.writeUInt32BE(offset, 0)
  header.writeUInt32BE(0x02400000, 8)
  header.write(`mntr${colourSpace}XYZ `, 12, 'latin1')
  header.write('acsp', 36, 'latin1')
  for (const [index, value] of D50.entries()) header.writeInt32BE(fixed(value), 68 + index * 4)
  return Buffer.concat([header, table, ...tags.map(([, data]) => data)])
}
