/** How long operations take against each other, so that progress moves evenly. Measured at 0.5 MP; order of size only. */
const COSTS: Readonly<Record<string, number>> = {
  coloured_pencil: 30,
  oil: 30,
  watercolour: 22,
  gouache: 22,
  pastel: 22,
  comic: 22,
  pointillism: 10,
  stained_glass: 16,
  mosaic: 14,
  pencil: 13,
  charcoal: 14,
  linocut: 13,
  engraving: 11,
  ink: 9,
  neon_edges: 12,
  woven_rug: 12,
  product_stage: 8,
  room_stage: 8,
  zoom_blur: 12,
  motion_blur: 10,
  spin_blur: 10,
  denoise: 6,
  smooth: 5,
}
const USUAL = 3

/** A weight above 0. */
export function costOf(operation: string): number {
  return COSTS[operation] ?? USUAL
}
