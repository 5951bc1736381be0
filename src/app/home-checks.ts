/** Whether the engines at home can serve what their settings say. */
import type { Model } from '../catalogue/index.ts'
import type { HomeSettings, ServedModel } from '../config-home.ts'
import type { Issue } from '../core/errors.ts'
import { AfterimageError } from '../core/errors.ts'
import { A1111_MODELS } from '../engines/a1111/models.ts'
import { describeRetired, findRetired } from '../core/retired-ids.ts'
import type { EndpointModel } from '../engines/endpoint.ts'
import { SDCPP_MODELS } from '../engines/sdcpp/models.ts'
import { LOADED_PREFIX } from './home-models.ts'

type Find = (id: string) => Model | null

/** An id must be one that the engine knows how to ask for, or a name of the operator's own. */
export function modelIssues({ sdcpp, a1111, compatible }: HomeSettings, find: Find): Issue[] {
  const isVendors = (id: string): boolean => find(id)?.isOwn === false
  const tables: [
    variable: string,
    served: readonly ServedModel[],
    known: Readonly<Record<string, EndpointModel>>,
  ][] = [
    ['AFTERIMAGE_SDCPP_MODELS', sdcpp?.models ?? [], SDCPP_MODELS],
    ['AFTERIMAGE_A1111_MODELS', a1111?.models ?? [], A1111_MODELS],
  ]
  const fromTables = tables.flatMap(([path, served, known]) => {
    const wrong = served.filter(({ id }) => !id.startsWith(LOADED_PREFIX) && !Object.hasOwn(known, id))
    return wrong.map(({ id }) =>
      issue(path, `found ${id}; allowed: ${Object.keys(known).join(', ')}, and local/…`),
    )
  })
  const wrong = (compatible?.models ?? []).filter(({ id }) => !id.startsWith(LOADED_PREFIX) && !isVendors(id))
  const allowed = 'allowed: ids of GET /models that are not built in, and local/…'
  return [
    ...fromTables,
    ...wrong.map(({ id }) =>
      issue('AFTERIMAGE_OPENAI_COMPATIBLE_MODELS', `found ${id}; ${insteadOf(id) ?? allowed}`),
    ),
  ]
}

/** What to write for an id of a vendor's that does not work any more. */
function insteadOf(id: string): string | null {
  const retired = findRetired(id)
  return retired === null ? null : describeRetired(retired)
}

function issue(path: string, message: string): Issue {
  return { path, message, code: 'invalid_setting' }
}

export function invalidHome(issues: readonly Issue[]): AfterimageError {
  const lines = issues.map(({ path, message }) => `  ${path}: ${message}`)
  return new AfterimageError('invalid_request', ['The settings are not valid:', ...lines].join('\n'), {
    issues,
  })
}
