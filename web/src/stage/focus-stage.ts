/** Moves the focus to the picture when it has been painted anew; where there is none, to nothing. */
export function focusStage(): void {
  requestAnimationFrame(() => {
    const viewer = document.querySelector<HTMLElement>('.viewer')
    if (viewer !== null) viewer.focus({ preventScroll: true })
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  })
}
