/** A pixel process whose tasks are commands, given as the prompt, so that the pool can be seen failing. */
import { writeFileSync } from 'node:fs'
import type { TaskResult, TaskRunner, Tasks } from '../../src/engines/local/protocol.ts'
import { limitOwnMemory, obeyParent, serveTasks } from '../../src/engines/local/tasks/serve.ts'
import { AfterimageError } from '../../src/core/errors.ts'

const hoard: Buffer[] = []

function told(message: string): TaskResult {
  return {
    outputs: [],
    warnings: [{ code: 'told', path: '', message }],
    recipe: [],
    geometry: null,
  }
}

const never = new Promise<TaskResult>(() => setInterval(() => {}, 1000))

const COMMANDS: Readonly<Record<string, TaskRunner<Tasks['card']>>> = {
  pid: () => Promise.resolve(told(String(process.pid))),
  environment: () => Promise.resolve(told(Object.keys(process.env).sort().join(' '))),
  exit: () => process.exit(3),
  hang: () => never,
  spin: () => {
    for (;;);
  },
  eat: async () => {
    for (;;) {
      hoard.push(Buffer.alloc(16 * 1024 ** 2, 1))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  },
  refuse: () =>
    Promise.reject(
      new AfterimageError('input_unreadable', 'image_url: damaged', {
        issues: [{ path: 'image_url', message: 'damaged', code: 'input_unreadable' }],
      }),
    ),
  surprise: () => Promise.reject(new TypeError('/secret/path')),
  progress: (_args, { onProgress }) => {
    for (let percent = 0; percent <= 100; percent += 1) onProgress({ stage: 'work', percent, etaMs: null })
    return Promise.resolve(told('done'))
  },
  outside: (_args, { scratchDirectory }) => {
    writeFileSync(`${scratchDirectory}/inside`, '1')
    try {
      writeFileSync(`${scratchDirectory}/../../outside-${process.pid}`, '1')
    } catch (error) {
      return Promise.resolve(told(error instanceof Error && 'code' in error ? String(error.code) : 'other'))
    }
    return Promise.resolve(told('written'))
  },
}

const run: TaskRunner<Tasks['card']> = (args, context) => {
  const command = COMMANDS[args.input.prompt ?? '']
  if (command === undefined) throw new Error('no such command')
  return command(args, context)
}

obeyParent()
limitOwnMemory(Number.POSITIVE_INFINITY)
serveTasks({ card: run, edit: run, upscale: () => never, prepare: () => never, finish: () => never })
