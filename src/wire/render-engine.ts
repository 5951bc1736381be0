/** Engines as JSON; of a key at most its last characters. */
import type { EngineView } from '../core/engine-view.ts'
import type { KeyFault } from '../core/key-standings.ts'
import { describeKeyFault } from '../core/key-standings.ts'

export function renderEngine(view: EngineView): Record<string, unknown> {
  const { key } = view
  return {
    id: view.id,
    name: view.title,
    kind: view.kind,
    ready: view.isReady,
    reason: view.reason,
    variable: view.variable,
    key:
      key === null
        ? null
        : {
            source: key.source,
            ending: key.ending,
            entered_at: key.enteredAt === null ? null : new Date(key.enteredAt).toISOString(),
          },
    key_of: view.keyOf,
    fault: renderKeyFault(view.fault),
    queue: view.queue,
    models: [...view.models],
  }
}

/** What a vendor said against a key, and when. */
export function renderKeyFault(fault: KeyFault | null): { at: string; message: string } | null {
  return fault && { at: new Date(fault.at).toISOString(), message: describeKeyFault(fault) }
}
