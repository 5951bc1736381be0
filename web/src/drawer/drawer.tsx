import { Tabs } from 'radix-ui'
import type { Job } from '../../../src/sdk/index.ts'
import { studio } from '../store/studio.ts'
import type { DrawerTab } from '../store/studio.ts'
import { IconButton } from '../ui/button.tsx'
import { CodePanel } from './code-panel.tsx'
import { SettingsPanel } from './settings-panel.tsx'
import { TracePanel } from './trace-panel.tsx'

/** What lies behind the request: every field of the model, the same as code, and what became of it. */
export function Drawer({ tab, job }: { tab: DrawerTab; job: Job | null }) {
  return (
    <aside className="drawer" aria-label="Details">
      <Tabs.Root value={tab} onValueChange={(value) => studio.set({ drawer: value as DrawerTab })}>
        <header>
          <Tabs.List aria-label="Details">
            <Tabs.Trigger value="settings">Settings</Tabs.Trigger>
            <Tabs.Trigger value="code">Code</Tabs.Trigger>
            <Tabs.Trigger value="trace">Trace</Tabs.Trigger>
          </Tabs.List>
          <IconButton label="Close the panel" icon="close" onClick={() => studio.set({ drawer: null })} />
        </header>
        <Tabs.Content value="settings">
          <SettingsPanel />
        </Tabs.Content>
        <Tabs.Content value="code">
          <CodePanel />
        </Tabs.Content>
        <Tabs.Content value="trace">
          <TracePanel job={job} />
        </Tabs.Content>
      </Tabs.Root>
    </aside>
  )
}
