/** The few signs of the page, drawn on a 20 px grid with one stroke width. */
const PATHS = {
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  close: 'M5 5l10 10M15 5L5 15',
  down: 'M5 8l5 5 5-5',
  left: 'M12 5l-5 5 5 5',
  right: 'M8 5l5 5-5 5',
  fit: 'M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4',
  brush: 'M12 4l4 4-7 7H5v-4z',
  erase: 'M8 16h8M4 12l6-7 5 5-5 6H7z',
  invert: 'M10 3a7 7 0 100 14zM10 3a7 7 0 010 14',
  undo: 'M7 5L4 8l3 3M4 8h7a4 4 0 010 8H8',
  redo: 'M13 5l3 3-3 3M16 8H9a4 4 0 000 8h3',
  settings: 'M4 6h7M15 6h1M4 14h1M9 14h7M13 4v4M7 12v4',
  code: 'M7 6l-4 4 4 4M13 6l4 4-4 4',
  trace: 'M5 4v12M5 6h5M5 10h9M5 14h7',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  download: 'M10 4v8M6 9l4 4 4-4M4 16h12',
  use: 'M16 10H6M10 5l-5 5 5 5',
  trash: 'M4 6h12M8 6V4h4v2M6 6l1 10h6l1-10',
  sun: 'M10 7a3 3 0 100 6 3 3 0 000-6zM10 2v2M10 16v2M2 10h2M16 10h2M4.5 4.5l1.4 1.4M14.1 14.1l1.4 1.4M4.5 15.5l1.4-1.4M14.1 5.9l1.4-1.4',
  moon: 'M15 12a6 6 0 01-7-8 6.500 6.500 0 107 8z',
  link: 'M8 12l4-4M7 9l-2 2a2.800 2.800 0 004 4l2-2M13 11l2-2a2.800 2.800 0 00-4-4L9 7',
  warning: 'M10 4l7 12H3zM10 9v3M10 14v.01',
  grid: 'M4 4h5v5H4zM11 4h5v5h-5zM4 11h5v5H4zM11 11h5v5h-5z',
  help: 'M8 8a2 2 0 114 0c0 1.500-2 1.500-2 3M10 14v.01',
  image: 'M3 4h14v12H3zM3 13l4-4 4 4 2-2 4 3M13 8h.01',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="sign" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
