/** What the empty stage offers: three photographs, and what one can do with each in about two seconds. */
import coffee from '../../../assets/samples/product-coffee.jpg'
import portrait from '../../../assets/samples/portrait-astronaut.jpg'
import raccoon from '../../../assets/samples/raccoon.jpg'
import { studio } from '../store/studio.ts'
import { addFiles } from './add-pictures.ts'
import { runRequest } from './run-job.ts'

export type Preset = { label: string; model: string; prompt: string }
export type Sample = { name: string; file: string; url: string; presets: readonly Preset[] }

const edit = (label: string, prompt: string): Preset => ({ label, model: 'afterimage/edit', prompt })

export const SAMPLES: readonly Sample[] = [
  {
    name: 'Raccoon',
    file: 'raccoon.jpg',
    url: raccoon,
    presets: [edit('Night', 'make it a night scene'), edit('Cross-stitch', 'turn this into cross-stitch')],
  },
  {
    name: 'Portrait',
    file: 'portrait.jpg',
    url: portrait,
    presets: [
      edit('Watercolour', 'make it a watercolour painting'),
      edit('Film', 'give it the look of faded film'),
    ],
  },
  {
    name: 'Coffee',
    file: 'coffee.jpg',
    url: coffee,
    presets: [
      edit('Oil painting', 'make it an oil painting'),
      edit('Woven rug', 'turn this into a woven rug'),
    ],
  },
]

/** Takes the sample and runs the preset on it. */
export async function runPreset(sample: Sample, preset: Preset): Promise<void> {
  studio.set({
    modelId: preset.model,
    prompt: preset.prompt,
    references: [],
    values: {},
    extras: {},
    remixOf: null,
  })
  await takeSample(sample)
  await runRequest()
}

export async function takeSample({ url, file }: Sample): Promise<void> {
  const bytes = await (await fetch(url)).blob()
  await addFiles([new File([bytes], file, { type: 'image/jpeg' })])
}
