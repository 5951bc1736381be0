/** Keys to actions. Letters alone work only where nobody is writing, and can be switched off. */
import { useLayoutEffect } from 'react'
import { ACTIONS } from './registry.ts'

const SWITCH = 'afterimage.single-keys'
const IS_MAC = /Mac|iPhone|iPad/u.test(navigator.userAgent)
const TYPING = 'input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]'

/** `Mod+Enter` as it stands on this machine's keys. */
export function shortcutText(shortcut: string): string {
  return shortcut
    .replace('Mod', IS_MAC ? '⌘' : 'Ctrl')
    .replace('Enter', '↵')
    .replace(/(?<=^|\+)[a-z]$/u, (letter) => letter.toUpperCase())
    .replaceAll('+', IS_MAC ? '' : '+')
    .replace(/^$/u, '+')
}

/** Speech input and shaky hands press single letters by accident (WCAG 2.1.4). */
export function areSingleKeysOn(): boolean {
  return localStorage.getItem(SWITCH) !== 'off'
}

export function switchSingleKeys(isOn: boolean): void {
  if (isOn) localStorage.removeItem(SWITCH)
  else localStorage.setItem(SWITCH, 'off')
}

export function useShortcuts(): void {
  // Before the page is painted: whoever sees it may press.
  useLayoutEffect(() => {
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return
  const pressed = keyOf(event)
  const isModified = event.ctrlKey || event.metaKey
  if (!isModified && (isTyping(event.target) || !areSingleKeysOn())) return
  const action = ACTIONS.find(({ shortcut, enabled }) => shortcut === pressed && enabled())
  if (action === undefined) return
  // Undo belongs to the text while somebody writes.
  if (isTyping(event.target) && !['run', 'cancel'].includes(action.name)) return
  event.preventDefault()
  action.run()
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TYPING) !== null
}

function keyOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): string {
  if (altKey) return ''
  const isLetter = /^[a-z]$/iu.test(key)
  const isModified = ctrlKey || metaKey
  const named = isLetter && isModified ? key.toLowerCase() : key
  // A capital says Shift already, except beside Mod; signs need Shift on some keyboards and not on others.
  return [isModified ? 'Mod' : '', shiftKey && isLetter ? 'Shift' : '', named].filter(Boolean).join('+')
}
