/** Everything a person has set on the page. What the server knows lives in the query cache, never here. */
import type { Stroke } from '../stage/mask/strokes.ts'
import type { View } from '../stage/view.ts'
import { FIT } from '../stage/view.ts'
import { createStore, useStore } from './create-store.ts'

export const COMPARE_MODES = ['slider', 'side', 'hover', 'blink', 'heat'] as const
export type CompareMode = (typeof COMPARE_MODES)[number]
export type DrawerTab = 'settings' | 'code' | 'trace'

/** A picture that goes into a request. `url` is where the server has it; null until it is uploaded. */
export type Reference = {
  id: string
  name: string
  url: string | null
  /** What to show meanwhile: an object URL of the chosen file. */
  preview: string | null
  /** Null until known. */
  size: { width: number; height: number } | null
  state: 'uploading' | 'ready' | 'failed'
  /** Why it failed, in plain words. */
  fault: string | null
  /** Part of the bytes that have left, 0 to 1; null where none travel. */
  sent: number | null
  /** The job whose result this is. */
  parentJobId: string | null
}

export type Notice = {
  id: string
  kind: 'info' | 'fault'
  text: string
  /**
   * What it is about: a newer one about the same takes its place, except that each picture stands for itself. Null: it
   * is about nothing else.
   */
  about: 'request' | 'stage' | 'picture' | 'deleted' | null
  /** A way out: undo, retry, show the field. */
  action: { label: string; run: () => void } | null
}

export type MaskTool = { mode: 'paint' | 'erase'; size: number; feather: number }

export type StudioState = {
  /** Whose work this is; it stays when the session ends, for the same account only. */
  account: string | null
  modelId: string
  prompt: string
  references: readonly Reference[]
  /** Further fields of the model, by their wire names. */
  values: Readonly<Record<string, unknown>>
  /** Fields of the request's `afterimage` object. */
  extras: Readonly<Record<string, unknown>>
  /** Where the finished job is posted; empty for nowhere. */
  webhookUrl: string
  /** The job whose request was taken back into the page; null for a request that began here. */
  remixOf: string | null
  /** What the stage showed last; null for the request itself. */
  lastJobId: string | null
  /** Jobs that were started here and have not ended, oldest first. */
  running: readonly string[]
  isSubmitting: boolean
  mode: CompareMode
  /** Place of the slider, 0 to 1 of what is seen of the picture. */
  split: number
  view: View
  isOriginalHeld: boolean
  isMasking: boolean
  tool: MaskTool
  strokes: readonly Stroke[]
  undone: readonly Stroke[]
  drawer: DrawerTab | null
  isSelecting: boolean
  /** Jobs chosen for the grid, in the order of choice. */
  selection: readonly string[]
  isComparing: boolean
  /** Jobs that are about to be deleted; gone from sight, and still there until the undo has passed. */
  hidden: readonly string[]
  notices: readonly Notice[]
  isHelpOpen: boolean
  isOnline: boolean
  /** Read by a screen reader when it changes. */
  announcement: string
}

export const DEFAULT_MODEL = 'afterimage/edit'

export const studio = createStore<StudioState>({
  account: null,
  modelId: DEFAULT_MODEL,
  prompt: '',
  references: [],
  values: {},
  extras: {},
  webhookUrl: '',
  remixOf: null,
  lastJobId: null,
  running: [],
  isSubmitting: false,
  mode: 'slider',
  split: 0.5,
  view: FIT,
  isOriginalHeld: false,
  isMasking: false,
  tool: { mode: 'paint', size: 64, feather: 8 },
  strokes: [],
  undone: [],
  drawer: null,
  isSelecting: false,
  selection: [],
  isComparing: false,
  hidden: [],
  notices: [],
  isHelpOpen: false,
  isOnline: true,
  announcement: '',
})

export function useStudio<Part>(choose: (state: StudioState) => Part): Part {
  return useStore(studio, choose)
}

export function announce(announcement: string): void {
  studio.set({ announcement })
}

/** The label of an action that takes back what its message tells; the keys of undo take the newest of them. */
export const UNDO = 'Undo'

const NOTICE_MS = 8000
const MAX_NOTICES = 3

/** Shows a line above the dock; faults stay until they are closed. */
export function notify(notice: Partial<Notice> & { text: string }): string {
  const full: Notice = { id: crypto.randomUUID(), kind: 'info', about: null, action: null, ...notice }
  const isReplaced = ({ text, about }: Notice): boolean =>
    text === full.text || (about !== null && about !== 'picture' && about === full.about)
  studio.set(({ notices }) => ({
    notices: [...notices.filter((other) => !isReplaced(other)), full].slice(-MAX_NOTICES),
    announcement: full.text,
  }))
  if (full.kind === 'info') setTimeout(() => dismiss(full.id), NOTICE_MS)
  return full.id
}

/** What is no longer true is no longer said, and a way back that would undo newer work is closed. */
export function withdraw(about: Notice['about']): void {
  studio.set(({ notices }) => ({ notices: notices.filter((notice) => notice.about !== about) }))
}

export function dismiss(id: string): void {
  studio.set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }))
}
