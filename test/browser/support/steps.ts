/// <reference lib="dom" />
/** What a person does on the page, step by step. */
import type { Page } from 'playwright-core'
import type { PhotoName } from '../../support/pictures.ts'
import { photoPath } from '../../support/pictures.ts'

/** Chooses a file and waits until the server has it. */
export async function choosePhoto(page: Page, photo: PhotoName = 'cat'): Promise<void> {
  await page.locator('#file-input').setInputFiles(photoPath(photo))
  await page.locator('.reference[data-state=ready]').first().waitFor()
}

/** Drops a JPEG onto the page, as a hand does with a file. */
export function dropPhoto(page: Page, bytes: Uint8Array): Promise<void> {
  return give(page, bytes, 'drop')
}

export function pastePhoto(page: Page, bytes: Uint8Array): Promise<void> {
  return give(page, bytes, 'paste')
}

async function give(page: Page, bytes: Uint8Array, kind: 'drop' | 'paste'): Promise<void> {
  await page.locator('#main').waitFor()
  await page.evaluate(
    ([text, type]) => {
      const data = new DataTransfer()
      const numbers = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
      data.items.add(new File([numbers], 'given.jpg', { type: 'image/jpeg' }))
      const how = { bubbles: true, cancelable: true }
      const event =
        type === 'drop'
          ? new DragEvent('drop', { dataTransfer: data, ...how })
          : new ClipboardEvent('paste', { clipboardData: data, ...how })
      const target = document.querySelector('#main') ?? document.body
      target.dispatchEvent(event)
    },
    [Buffer.from(bytes).toString('base64'), kind] as const,
  )
}

export async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Instruction').fill(text)
}

/** Runs what is on the page and waits for its result. */
export async function runToResult(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run' }).click()
  await untilResult(page)
}

export async function untilResult(page: Page): Promise<void> {
  await page.getByRole('toolbar', { name: 'Result' }).waitFor()
  await page.getByLabel('Ways to compare').waitFor()
}

/** The id of the job that the address names. */
export function jobIdOf(page: Page): string {
  return /#\/job\/(.+)$/u.exec(page.url())?.[1] ?? ''
}

/**
 * Colours of the stage's canvas at places from 0 to 1, as `[red, green, blue]`, once it is painted:
 * the canvas says its mode as soon as the page knows it, and the picture follows in the next frame.
 */
export function coloursAt(page: Page, places: readonly [number, number][]): Promise<number[][]> {
  return page
    .locator('.viewer canvas')
    .first()
    .evaluate(
      async (element, wanted) => {
        for (let frame = 0; frame < 2; frame += 1)
          await new Promise((resolve) => requestAnimationFrame(resolve))
        const canvas = element as unknown as {
          width: number
          height: number
          getContext: (kind: string) => CanvasLike
        }
        const context = canvas.getContext('2d')
        return wanted.map(([x, y]) =>
          [
            ...context.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data,
          ].slice(0, 3),
        )
      },
      places as [number, number][],
    )
}

type CanvasLike = {
  // Four, as the platform has it.
  // oxlint-disable-next-line max-params
  getImageData: (x: number, y: number, width: number, height: number) => { data: Uint8ClampedArray }
}

/** Waits until a page-side condition on the viewer's canvas attribute holds. */
export async function untilCanvas(page: Page, attribute: string, value: string): Promise<void> {
  await page.locator(`.viewer canvas[data-${attribute}="${value}"]`).first().waitFor()
}
