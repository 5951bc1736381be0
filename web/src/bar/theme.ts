/** Light, dark, or as the system has it. */
import { useState } from 'react'

export type Theme = 'light' | 'dark'
const STORE = 'afterimage.theme'

export function applyTheme(): void {
  const stored = localStorage.getItem(STORE)
  if (stored === 'light' || stored === 'dark') document.documentElement.dataset['theme'] = stored
}

export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(currentTheme)
  const toggle = (): void => {
    const next = theme === 'dark' ? 'light' : 'dark'
    document.documentElement.dataset['theme'] = next
    localStorage.setItem(STORE, next)
    setTheme(next)
  }
  return [theme, toggle]
}

function currentTheme(): Theme {
  const chosen = document.documentElement.dataset['theme']
  if (chosen === 'light' || chosen === 'dark') return chosen
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}
