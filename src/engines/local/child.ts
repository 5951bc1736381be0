/** Entry of a forked pixel process. Its only argument is the JSON of `ChildSettings`. */
import type { ChildSettings } from './pool/start-child.ts'
import { createTaskRunners } from './tasks/runners.ts'
import { limitOwnMemory, obeyParent, serveTasks } from './tasks/serve.ts'

const settings = JSON.parse(process.argv[2] ?? '{}') as ChildSettings
obeyParent()
limitOwnMemory(settings.maxRssBytes)
serveTasks(createTaskRunners(settings))
