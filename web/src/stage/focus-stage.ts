/**
 * Moves the focus to the picture when it has been painted anew; where there is none, to nothing. Whatever has it loses it
 * at once: the next key is meant for the page.
 */
export function focusStage(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.viewer')?.focus({ preventScroll: true }))
}
