/** The boxes inside a HEIF `meta` box that say which item is the picture and what belongs to it. */
import { text, u16be, u32be, u8 } from './bytes.ts'
import type { Box } from './boxes.ts'
import { listBoxes } from './boxes.ts'

export type HeifProperty = { type: string; data: Uint8Array }
/** The primary item; `codec` is that of its tiles when it is a grid; properties are in the order they apply. */
export type HeifItem = {
  codec: string
  size: { width: number; height: number }
  properties: readonly HeifProperty[]
  hasAlpha: boolean
}
type Reference = { type: string; from: number; to: readonly number[] }

const FULL_BOX_BYTES = 4
/** Auxiliary types that mean alpha, in HEVC and in codec-neutral files. */
const ALPHA_TYPES = ['urn:mpeg:hevc:2015:auxid:1', 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha']
/** Items made of others. */
const DERIVED = new Set(['grid', 'iovl', 'iden'])

/** @param meta content of the meta box. Null when there is no primary item with a size. */
export function readHeifMeta(meta: Uint8Array): HeifItem | null {
  const boxes = listBoxes(meta, FULL_BOX_BYTES, meta.length)
  const box = (type: string): Box | undefined => boxes.find((candidate) => candidate.type === type)
  const primary = readPrimaryId(meta, box('pitm'))
  const types = readItemTypes(meta, box('iinf'))
  const references = readReferences(meta, box('iref'))
  const propertiesOf = readProperties(meta, box('iprp'))
  if (primary === null) return null
  const properties = propertiesOf(primary)
  const extent = properties.find((property) => property.type === 'ispe')
  const type = types.get(primary)
  if (type === undefined || extent === undefined || extent.data.length < 12) return null
  const alphaItems = references.filter(({ type, to }) => type === 'auxl' && to.includes(primary))
  return {
    codec: codecOf(primary, { types, references }),
    size: { width: u32be(extent.data, 4), height: u32be(extent.data, 8) },
    properties,
    hasAlpha: alphaItems.some(({ from }) => propertiesOf(from).some(isAlpha)),
  }
}

function codecOf(
  item: number,
  meta: { types: ReadonlyMap<number, string>; references: readonly Reference[] },
): string {
  const type = meta.types.get(item) ?? '????'
  if (!DERIVED.has(type)) return type
  // Tiles are coded alike, and never derived again in files of any camera: one step is enough.
  const tiles = meta.references.find((reference) => reference.type === 'dimg' && reference.from === item)
  return meta.types.get(tiles?.to[0] ?? -1) ?? type
}

function isAlpha(property: HeifProperty): boolean {
  if (property.type !== 'auxC') return false
  const name = text(property.data, FULL_BOX_BYTES, property.data.length)
  return ALPHA_TYPES.some((type) => name.startsWith(type))
}

function readPrimaryId(meta: Uint8Array, box: Box | undefined): number | null {
  if (box === undefined) return null
  return u8(meta, box.start) === 0 ? u16be(meta, box.start + 4) : u32be(meta, box.start + 4)
}

function readItemTypes(meta: Uint8Array, box: Box | undefined): ReadonlyMap<number, string> {
  const types = new Map<number, string>()
  if (box === undefined) return types
  const countBytes = u8(meta, box.start) === 0 ? 2 : 4
  for (const entry of listBoxes(meta, box.start + FULL_BOX_BYTES + countBytes, box.end)) {
    const version = u8(meta, entry.start)
    if (entry.type !== 'infe' || version < 2) continue
    const id = version === 2 ? u16be(meta, entry.start + 4) : u32be(meta, entry.start + 4)
    const typeAt = entry.start + (version === 2 ? 8 : 10)
    types.set(id, text(meta, typeAt, typeAt + 4))
  }
  return types
}

function readReferences(meta: Uint8Array, box: Box | undefined): readonly Reference[] {
  if (box === undefined) return []
  const isWide = u8(meta, box.start) !== 0
  const idBytes = isWide ? 4 : 2
  const id = isWide ? u32be : u16be
  return listBoxes(meta, box.start + FULL_BOX_BYTES, box.end).map(({ type, start, end }) => {
    const fits = Math.max(0, Math.floor((end - start - idBytes - 2) / idBytes))
    const count = Math.min(u16be(meta, start + idBytes), fits)
    const to = Array.from({ length: count }, (_, index) => id(meta, start + idBytes + 2 + index * idBytes))
    return { type, from: id(meta, start), to }
  })
}

/** Looks up the properties of an item, in the order of its association entry. */
function readProperties(meta: Uint8Array, box: Box | undefined): (item: number) => readonly HeifProperty[] {
  if (box === undefined) return () => []
  const children = listBoxes(meta, box.start, box.end)
  const container = children.find(({ type }) => type === 'ipco')
  const all = container === undefined ? [] : listBoxes(meta, container.start, container.end)
  const indexes = new Map<number, readonly number[]>()
  for (const child of children) if (child.type === 'ipma') readAssociations(meta, child, indexes)
  return (item) =>
    (indexes.get(item) ?? []).flatMap((index) => {
      // Index 0 means "no property".
      const property = all[index - 1]
      if (property === undefined) return []
      return [{ type: property.type, data: meta.subarray(property.start, property.end) }]
    })
}

function readAssociations(meta: Uint8Array, box: Box, into: Map<number, readonly number[]>): void {
  const isWideId = u8(meta, box.start) !== 0
  const isWideIndex = (u8(meta, box.start + 3) & 1) === 1
  const count = u32be(meta, box.start + 4)
  let at = box.start + 8
  for (let entry = 0; entry < count && at < box.end; entry += 1) {
    const item = isWideId ? u32be(meta, at) : u16be(meta, at)
    at += isWideId ? 4 : 2
    const length = u8(meta, at)
    at += 1
    // The top bit says "essential"; the rest is the index.
    const indexes = Array.from({ length }, (_, index) =>
      isWideIndex ? u16be(meta, at + index * 2) & 0x7fff : u8(meta, at + index) & 0x7f,
    )
    at += length * (isWideIndex ? 2 : 1)
    into.set(item, indexes)
  }
}
