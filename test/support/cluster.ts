/** One api process and several workers on one Postgres and one data folder. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Afterimage } from '../../src/sdk/index.ts'
import type { Job, SubmitOptions } from '../../src/sdk/index.ts'
import { photoPath } from './pictures.ts'
import { createServerProcess, startWorkerProcess } from './server-process.ts'
import type { ServerProcess, WorkerChild } from './server-process.ts'

const photo = readFileSync(photoPath('cat')).toString('base64')
/** One job at a time for each worker, so that neither can do everything alone. */
const ENGINE = { AFTERIMAGE_LOCAL_PROCESSES: '1' }

export type Cluster = {
  api: ServerProcess
  workers: WorkerChild[]
  client: Afterimage
  addWorker: () => Promise<void>
  stop: () => Promise<void>
}

/** Starts the api and the workers, each a process of its own, and waits until all are ready. @param settings of all of them */
export async function startCluster(
  databaseUrl: string,
  workerCount: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-cluster-'))
  const environment = { ...ENGINE, ...settings, DATABASE_URL: databaseUrl }
  const api = await createServerProcess(directory, { ...environment, AFTERIMAGE_ROLE: 'api' })
  const workers = Array.from({ length: workerCount }, () => startWorkerProcess(directory, environment))
  const stop = async (): Promise<void> => {
    await Promise.all([api.kill(), ...workers.map(({ end }) => end('SIGKILL'))])
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await Promise.all([api.start(), ...workers.map(({ ready }) => ready)])
  } catch (error) {
    await stop()
    throw error
  }
  const addWorker = async (): Promise<void> => {
    const worker = startWorkerProcess(directory, environment)
    workers.push(worker)
    await worker.ready
  }
  return { api, workers, addWorker, client: new Afterimage({ apiKey: api.apiKey, baseUrl: api.url }), stop }
}

/** A job of a moment. */
export const edit = (client: Afterimage, seed: number, options: SubmitOptions = {}): Promise<Job> =>
  client.image('afterimage/edit', { image_url: photo, prompt: 'make it warmer', seed, width: 96 }, options)

/** A route that the SDK does not have. */
export async function callApi(
  { api }: Cluster,
  path: string,
  method = 'GET',
): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${api.apiKey}` }
  const answer = await fetch(api.url + path, { method, headers })
  return (await answer.json()) as Record<string, unknown>
}

/** The status of each event until the server closes the stream. */
export async function readEvents({ api }: Cluster, jobId: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${api.apiKey}` }
  const answer = await fetch(`${api.url}/jobs/${jobId}/events`, { headers })
  const text = await answer.text()
  return [...text.matchAll(/^data: (.*)$/gmu)].map(([, data = '']) => (JSON.parse(data) as Job).status)
}
