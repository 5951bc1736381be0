/** Named colours as `#rrggbb`. Chosen for how they look as inks and backdrops, not taken from a standard. */
export const COLOURS: Readonly<Record<string, string>> = {
  red: '#d02020',
  crimson: '#b0122f',
  scarlet: '#e0301e',
  burgundy: '#6d1a36',
  maroon: '#701c1c',
  coral: '#ff7f60',
  salmon: '#f59080',
  orange: '#f08020',
  amber: '#f5a623',
  gold: '#d9a520',
  golden: '#d9a520',
  yellow: '#f2d230',
  lemon: '#f7e85a',
  mustard: '#d0a02a',
  ochre: '#c08030',
  brown: '#7a4a26',
  chocolate: '#5a3018',
  tan: '#cfa878',
  beige: '#e8dcc4',
  cream: '#f7efdc',
  ivory: '#faf6ea',
  olive: '#7a7a2a',
  lime: '#9fdc30',
  green: '#3a9a3a',
  'forest green': '#22602c',
  'dark green': '#1f5028',
  'light green': '#9fd89a',
  emerald: '#20a068',
  mint: '#aee8cc',
  sage: '#a3b18a',
  teal: '#12808a',
  turquoise: '#30c8c0',
  cyan: '#20c0e0',
  aqua: '#40d0e0',
  'sky blue': '#7fc4f0',
  'light blue': '#a0d0f5',
  'baby blue': '#b0d8f5',
  blue: '#2050d0',
  'royal blue': '#2a4fc8',
  'dark blue': '#14286a',
  'midnight blue': '#101a48',
  navy: '#14224f',
  'navy blue': '#14224f',
  indigo: '#3b2a9a',
  violet: '#7a40d0',
  purple: '#7a2aa8',
  'dark purple': '#43176a',
  lavender: '#c4b5f0',
  lilac: '#c8a8e0',
  plum: '#7a3060',
  magenta: '#d020a0',
  fuchsia: '#e0309a',
  pink: '#f59ac0',
  'hot pink': '#ff4fa0',
  'light pink': '#fbc8dc',
  rose: '#e87090',
  peach: '#ffc8a0',
  apricot: '#f8b880',
  terracotta: '#c8603a',
  rust: '#b0501e',
  copper: '#b87040',
  bronze: '#a0702e',
  silver: '#c4c8cc',
  gray: '#808080',
  'light gray': '#d0d0d0',
  'dark gray': '#404040',
  black: '#000000',
  'off white': '#f6f3ec',
  white: '#ffffff',
}

/** `#abc`, `#aabbcc` or `#aabbccdd` as `#rrggbb`, or null; alpha is left out. */
export function normaliseHex(text: string): string | null {
  const digits = text.slice(1)
  if (digits.length === 3 || digits.length === 4) return `#${digits.slice(0, 3).replaceAll(/./gu, '$&$&')}`
  return digits.length === 6 || digits.length === 8 ? `#${digits.slice(0, 6)}` : null
}

/** Farther than this, in steps of 0 to 255 over three channels, a colour is another colour. */
const MAX_DISTANCE = 110

/** The name in `table` whose colour is nearest, or null when none is near. */
export function nearestColour(hex: string, table: Readonly<Record<string, string>>): string | null {
  const channels = (text: string): number[] =>
    [1, 3, 5].map((from) => Number.parseInt(text.slice(from, from + 2), 16))
  const wanted = channels(hex)
  const distances = Object.entries(table).map(([name, colour]) => ({
    name,
    distance: Math.hypot(...channels(colour).map((value, index) => value - (wanted[index] ?? 0))),
  }))
  const [best] = distances.toSorted((first, second) => first.distance - second.distance)
  return best === undefined || best.distance > MAX_DISTANCE ? null : best.name
}
