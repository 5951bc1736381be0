/** Everything a person can do, as data: menus, buttons, shortcuts and the help sheet are made from this one list. */
import type { Job } from '../../../src/sdk/index.ts'
import { isEnded } from '../server/is-ended.ts'
import { queries } from '../server/queries.ts'
import { focusStage } from '../stage/focus-stage.ts'
import { zoomBy } from '../stage/zoom.ts'
import { FIT } from '../stage/view.ts'
import { currentJobId, navigate } from '../store/router.ts'
import type { CompareMode, DrawerTab, Notice, StudioState } from '../store/studio.ts'
import { announce, COMPARE_MODES, dismiss, notify, studio, UNDO, withdraw } from '../store/studio.ts'
import { deleteJob, download, takeResult } from './job-actions.ts'
import { addStroke, redoStroke, resizeBrush, setTool, undoStroke } from './mask-actions.ts'
import { cancelJob, remix, rerun, runRequest } from './run-job.ts'

export type Action = {
  name: string
  label: string
  group: 'Job' | 'Look' | 'Mask' | 'Panels'
  /** `Mod` is Cmd on a Mac and Ctrl elsewhere; null for what has only a button. */
  shortcut: string | null
  enabled: () => boolean
  run: () => void
}

const always = (): boolean => true
const isMasking = (): boolean => studio.get().isMasking
const currentJob = (): Job | null => {
  const id = currentJobId()
  return id === null ? null : (queries.getQueryData<Job>(['job', id]) ?? null)
}
const hasResult = (): boolean => currentJob()?.status === 'completed'
const withJob = (run: (job: Job) => void) => (): void => {
  const job = currentJob()
  if (job !== null) run(job)
}

export const MODE_LABELS: Readonly<Record<CompareMode, string>> = {
  slider: 'Slider',
  side: 'Side by side',
  hover: 'Hover',
  blink: 'Blink',
  heat: 'Heat map',
}

export function setMode(mode: CompareMode): void {
  studio.set({ mode })
  announce(MODE_LABELS[mode])
}

export function toggleDrawer(tab: DrawerTab): void {
  studio.set(({ drawer }) => ({ drawer: drawer === tab ? null : tab }))
}

const job: Action[] = [
  {
    name: 'run',
    label: 'Run',
    group: 'Job',
    shortcut: 'Mod+Enter',
    enabled: () => !studio.get().isSubmitting,
    run: () => void runRequest(),
  },
  {
    name: 'cancel',
    label: 'Cancel the job',
    group: 'Job',
    shortcut: 'Mod+.',
    enabled: () => isPending(currentJob()),
    run: withJob((current) => void cancelJob(current.job_id)),
  },
  {
    name: 'add-picture',
    label: 'Add a picture',
    group: 'Job',
    shortcut: 'o',
    enabled: always,
    run: () => document.querySelector<HTMLInputElement>('#file-input')?.click(),
  },
  {
    name: 'write',
    label: 'Write the instruction',
    group: 'Job',
    shortcut: '/',
    enabled: always,
    run: () => document.querySelector<HTMLElement>('#prompt')?.focus(),
  },
  {
    name: 'use',
    label: 'Use the result as input',
    group: 'Job',
    shortcut: 'u',
    enabled: hasResult,
    run: withJob((current) => takeResult(current)),
  },
  {
    name: 'download',
    label: 'Download the result',
    group: 'Job',
    shortcut: 'd',
    enabled: hasResult,
    run: withJob((current) => download(current)),
  },
  {
    name: 'remix',
    label: 'Remix: take the request back',
    group: 'Job',
    shortcut: 'r',
    enabled: () => currentJob() !== null,
    run: withJob((current) => void remix(current.job_id)),
  },
  {
    name: 'rerun',
    label: 'Run the same again',
    group: 'Job',
    shortcut: 'Shift+R',
    enabled: () => currentJob() !== null,
    run: withJob((current) => void rerun(current.job_id)),
  },
  {
    name: 'delete',
    label: 'Delete the job',
    group: 'Job',
    shortcut: 'Delete',
    enabled: () => isDone(currentJob()),
    run: withJob((current) => deleteJob(current.job_id)),
  },
  { name: 'new', label: 'Start over', group: 'Job', shortcut: 'n', enabled: always, run: startOver },
]

const look: Action[] = [
  ...COMPARE_MODES.map((mode, at): Action => ({
    name: `mode-${mode}`,
    label: MODE_LABELS[mode],
    group: 'Look',
    shortcut: String(at + 1),
    enabled: always,
    run: () => setMode(mode),
  })),
  {
    name: 'next-mode',
    label: 'Next way to compare',
    group: 'Look',
    shortcut: 'm',
    enabled: always,
    run: nextMode,
  },
  {
    name: 'zoom-in',
    label: 'Zoom in',
    group: 'Look',
    shortcut: '+',
    enabled: always,
    run: () => zoomBy(1.5),
  },
  {
    name: 'zoom-out',
    label: 'Zoom out',
    group: 'Look',
    shortcut: '-',
    enabled: always,
    run: () => zoomBy(1 / 1.5),
  },
  {
    name: 'fit',
    label: 'Show the whole picture',
    group: 'Look',
    shortcut: '0',
    enabled: always,
    run: () => studio.set({ view: FIT }),
  },
]

const mask: Action[] = [
  {
    name: 'mask',
    label: 'Paint a mask',
    group: 'Mask',
    shortcut: 'b',
    enabled: () => studio.get().references[0] !== undefined,
    run: toggleMask,
  },
  {
    name: 'leave-mask',
    label: 'Leave the mask',
    group: 'Mask',
    shortcut: 'Escape',
    enabled: isMasking,
    run: toggleMask,
  },
  {
    name: 'erase',
    label: 'Erase from the mask',
    group: 'Mask',
    shortcut: 'e',
    enabled: isMasking,
    run: () => setTool({ mode: studio.get().tool.mode === 'erase' ? 'paint' : 'erase' }),
  },
  {
    name: 'smaller',
    label: 'Smaller brush',
    group: 'Mask',
    shortcut: '[',
    enabled: isMasking,
    run: () => resizeBrush(-1),
  },
  {
    name: 'larger',
    label: 'Larger brush',
    group: 'Mask',
    shortcut: ']',
    enabled: isMasking,
    run: () => resizeBrush(1),
  },
  {
    name: 'invert',
    label: 'Invert the mask',
    group: 'Mask',
    shortcut: 'i',
    enabled: isMasking,
    run: () => addStroke({ kind: 'invert' }),
  },
  {
    name: 'undo',
    label: 'Undo',
    group: 'Mask',
    shortcut: 'Mod+z',
    enabled: () => isMasking() || undoOffered() !== null,
    run: () => (isMasking() ? undoStroke() : takeBack()),
  },
  {
    name: 'redo',
    label: 'Redo',
    group: 'Mask',
    shortcut: 'Mod+Shift+z',
    enabled: isMasking,
    run: redoStroke,
  },
]

const panels: Action[] = [
  {
    name: 'settings',
    label: 'Settings',
    group: 'Panels',
    shortcut: 's',
    enabled: always,
    run: () => toggleDrawer('settings'),
  },
  {
    name: 'code',
    label: 'Code',
    group: 'Panels',
    shortcut: 'c',
    enabled: always,
    run: () => toggleDrawer('code'),
  },
  {
    name: 'trace',
    label: 'Trace',
    group: 'Panels',
    shortcut: 't',
    enabled: always,
    run: () => toggleDrawer('trace'),
  },
  {
    name: 'help',
    label: 'Keyboard shortcuts',
    group: 'Panels',
    shortcut: '?',
    enabled: always,
    run: () => studio.set({ isHelpOpen: true }),
  },
]

export const ACTIONS: readonly Action[] = [...job, ...look, ...mask, ...panels]

export function actionNamed(name: string): Action {
  const action = ACTIONS.find((candidate) => candidate.name === name)
  if (action === undefined) throw new Error(`there is no action ${name}`)
  return action
}

function isPending(current: Job | null): boolean {
  return current !== null && !isEnded(current.status)
}

function isDone(current: Job | null): boolean {
  return current !== null && isEnded(current.status)
}

/** What was just done and can be taken back: its message offers that. */
function undoOffered(): Notice | null {
  return studio.get().notices.findLast(({ action }) => action?.label === UNDO) ?? null
}

function takeBack(): void {
  const notice = undoOffered()
  if (notice === null) return
  notice.action?.run()
  dismiss(notice.id)
  announce('Taken back.')
}

function nextMode(): void {
  const at = COMPARE_MODES.indexOf(studio.get().mode)
  setMode(COMPARE_MODES[(at + 1) % COMPARE_MODES.length] ?? 'slider')
}

/** The mask belongs to the input, so a result steps aside. */
export function toggleMask(): void {
  const isOn = !studio.get().isMasking
  if (isOn) navigate({ page: 'studio', jobId: null })
  studio.set({ isMasking: isOn })
  announce(isOn ? 'Painting a mask. Arrow keys move the brush, Space paints.' : 'The mask is kept.')
  // The button that was pressed is gone, and the brush follows the keys only on the stage.
  focusStage()
}

function startOver(): void {
  const { prompt, references, values, extras, remixOf, strokes } = studio.get()
  const work = { prompt, references, values, extras, remixOf, strokes }
  studio.set({
    references: [],
    prompt: '',
    values: {},
    extras: {},
    remixOf: null,
    strokes: [],
    undone: [],
    isMasking: false,
    view: FIT,
  })
  navigate({ page: 'studio', jobId: null })
  if (references.length > 0 || prompt !== '') offerBack(work)
}

/** Until something else is begun: what is new is worth more than what was put away. */
function offerBack(work: Partial<StudioState>): void {
  const begun = ({ prompt, references, values, extras }: StudioState): readonly unknown[] => [
    prompt,
    references,
    values,
    extras,
  ]
  const left = begun(studio.get())
  notify({
    about: 'stage',
    text: 'The stage is empty again.',
    action: { label: UNDO, run: () => studio.set(work) },
  })
  const stop = studio.subscribe(() => {
    if (begun(studio.get()).every((part, at) => part === left[at])) return
    stop()
    withdraw('stage')
  })
}
