import type { Job } from '../../../src/sdk/index.ts'
import { addFiles } from '../actions/add-pictures.ts'
import { actionNamed, toggleDrawer } from '../actions/registry.ts'
import { shortcutText } from '../actions/shortcuts.ts'
import { useStudio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Chips } from './chips.tsx'
import { Prompt } from './prompt.tsx'
import { ReferenceStrip } from './reference-strip.tsx'
import { RunButton } from './run-button.tsx'

/** The request: what is to be done, with which pictures, how, and for how much. */
export function Dock({ job }: { job: Job | null }) {
  return (
    <section className="dock" aria-label="Request">
      <FileInput />
      <ReferenceStrip />
      <Prompt />
      <div className="dock-row">
        <Chips />
        <DrawerButtons />
        <RunButton job={job} />
      </div>
    </section>
  )
}

/** The one chooser of files; labels and shortcuts all over the page open it. */
function FileInput() {
  return (
    <input
      id="file-input"
      className="unseen"
      type="file"
      accept="image/*,.heic,.heif,.avif,.tif,.tiff"
      multiple
      tabIndex={-1}
      aria-label="Choose pictures"
      onChange={({ target }) => {
        void addFiles([...(target.files ?? [])])
        // The same file may be chosen again.
        target.value = ''
      }}
    />
  )
}

const TABS = ['settings', 'code', 'trace'] as const

function DrawerButtons() {
  const drawer = useStudio((state) => state.drawer)
  return (
    <div className="drawer-buttons">
      {TABS.map((tab) => {
        const { label, shortcut } = actionNamed(tab)
        return (
          <Button
            key={tab}
            kind="quiet"
            aria-pressed={drawer === tab}
            title={`${label} (${shortcutText(shortcut ?? '')})`}
            onClick={() => toggleDrawer(tab)}
          >
            <Icon name={tab} />
            <span className="wide-only">{label}</span>
          </Button>
        )
      })}
    </div>
  )
}
