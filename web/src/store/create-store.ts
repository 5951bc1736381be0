/** The smallest store that does the work: a value, who listens, and a hook that reads a part of it. */
import { useSyncExternalStore } from 'react'

export type Store<State> = {
  get: () => State
  /** Changes are made by making a new value; parts that stay the same keep their identity. */
  set: (change: Partial<State> | ((state: State) => Partial<State>)) => void
  subscribe: (listener: () => void) => () => void
}

export function createStore<State extends object>(initial: State): Store<State> {
  let state = initial
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    set: (change) => {
      const part = typeof change === 'function' ? change(state) : change
      state = { ...state, ...part }
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Renders again only when the chosen part changes; `choose` must not build a new object each time. */
export function useStore<State extends object, Part>(
  store: Store<State>,
  choose: (state: State) => Part,
): Part {
  const read = (): Part => choose(store.get())
  return useSyncExternalStore(store.subscribe, read, read)
}
