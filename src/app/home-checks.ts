/** Whether the engines at home can serve what their settings say. */
import type { Model } from '../catalogue/index.ts'
import { askedOperations, isImageField } from '../catalogue/index.ts'
import type { HomeSettings, ServedModel } from '../config-home.ts'
import type { Issue } from '../core/errors.ts'
import { AfterimageError } from '../core/errors.ts'
import { A1111_MODELS } from '../engines/a1111/models.ts'
import { describeRetired, findRetired } from '../core/retired-ids.ts'
import { OWN_PREFIX } from '../engines/comfyui/load-workflows.ts'
import { workflowCapabilities } from '../engines/comfyui/models.ts'
import type { Workflow } from '../engines/comfyui/workflow.ts'
import { roomForImages } from '../engines/comfyui/workflow.ts'
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

/** Why a workflow cannot serve the vendor's model of this id; null when it can. @param model null for an unknown id */
export function workflowObjection(asked: {
  id: string
  workflow: Workflow
  model: Model | null
}): string | null {
  const { id, workflow, model } = asked
  if (model === null || model.isOwn)
    return `there is no model ${id} that it could serve; put it into the folder itself for a model of its own`
  const { operations, fields } = workflowCapabilities(workflow)
  const serves = askedOperations(model).some((operation) => operations.includes(operation))
  const isTaken = model.fields.some((field) => isImageField(field) && fields[field.name] === 'native')
  const own = OWN_PREFIX + id.slice(id.lastIndexOf('/') + 1)
  const instead = `put it into the folder itself: it is the model ${own} then, with the fields that it has places for`
  if (roomForImages(workflow) === 0)
    return serves ? null : `it has no place for a picture, and ${id} always brings one; ${instead}`
  return serves && isTaken
    ? null
    : `it works on a picture, and ${id} has no field that brings one; ${instead}`
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
