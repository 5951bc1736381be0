/** Zooming from outside the stage: buttons and keys, around its middle. */
import { createStore } from '../store/create-store.ts'
import { studio } from '../store/studio.ts'
import type { Size } from './view.ts'
import { zoomAt } from './view.ts'

/** Told by the stage whenever it changes; there is one stage. */
export const geometry = createStore<{ frame: Size; stage: Size }>({
  frame: { width: 1, height: 1 },
  stage: { width: 1, height: 1 },
})

export function zoomBy(factor: number): void {
  const { frame, stage } = geometry.get()
  const at = { x: stage.width / 2, y: stage.height / 2 }
  studio.set(({ view }) => ({ view: zoomAt(view, factor, { at, frame, stage }) }))
}
