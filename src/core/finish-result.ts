/** Does what is left to do after the engine: masks, sizes and formats that it lacks, where the caller asked for that. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AttemptContext } from './attempt.ts'
import type { Emulation, Size } from './emulation.ts'
import { emulatedWarnings, formatOnly, planEmulation } from './emulation.ts'
import type { Engine, EngineOutput, EngineResult } from './engine.ts'
import { toAfterimageError } from './errors.ts'
import { probeFile } from './probe-blob.ts'
import type { Geometry, ImageInfo, Warning } from './job.ts'
import type { ImageProbe } from './ports.ts'

export type FinishResultDeps = {
  probe: ImageProbe
  engines: ReadonlyMap<string, Engine>
}

/**
 * The result as the caller asked for it. What the engine made is paid for: when our own work on it fails, it is kept as
 * it is, and a warning says what is missing. Never rejects for that.
 */
export async function finishResult(
  deps: FinishResultDeps,
  attempt: AttemptContext,
  result: EngineResult,
): Promise<EngineResult> {
  const { job, engine } = attempt
  const [first] = result.outputs
  // Without its key an engine says nothing of itself; what it was asked for is then still looked after here.
  const capabilities = engine?.capabilities(job.model) ?? { fields: {} }
  if (job.input.options.onUnsupported !== 'emulate' || first === undefined) return result
  const made = await readHeader(deps, first).catch(() => null)
  // What is no picture is refused where it is stored.
  if (made === null) return result
  const told = result.warnings
  const emulation = planEmulation(job.input, { capabilities, told, made })
  if (emulation === null) return result
  const scene = { attempt, result, emulation, made }
  try {
    return await finishAll(deps, scene)
  } catch (error) {
    const reason = toAfterimageError(error).message
    const encoded = await encodeOnly(deps, scene)
    const missing = undone(
      emulation.paths.filter((path) => encoded?.paths.includes(path) !== true),
      reason,
    )
    const rest = encoded?.result ?? result
    return { ...rest, warnings: [...rest.warnings, ...missing] }
  }
}

/** A size that failed does not take the format with it. Null where no format was wanted, or that fails too. */
async function encodeOnly(
  deps: FinishResultDeps,
  scene: Scene,
): Promise<{ result: EngineResult; paths: readonly string[] } | null> {
  const emulation = formatOnly(scene.emulation)
  if (emulation === null) return null
  const { paths } = emulation
  return finishAll(deps, { ...scene, emulation }).then(
    (result) => ({ result, paths }),
    () => null,
  )
}

type Scene = { attempt: AttemptContext; result: EngineResult; emulation: Emulation; made: ImageInfo }

async function finishAll(
  deps: FinishResultDeps,
  { attempt, result, emulation, made }: Scene,
): Promise<EngineResult> {
  const { job, engineContext } = attempt
  const finish = [...deps.engines.values()].find((candidate) => candidate.finish !== undefined)?.finish
  if (finish === undefined) throw new Error('no engine of this server works on pixels')
  const outputs: EngineOutput[] = []
  const warnings: Warning[] = []
  let [recipe, geometry] = [result.recipe, result.geometry]
  for (const [index, output] of result.outputs.entries()) {
    const path = await toFile(output, join(engineContext.scratchDirectory, `made-${index}`))
    const finished = await finish({ file: path, index, emulation }, engineContext)
    outputs.push({ kind: 'file', path: finished.path })
    if (index > 0) continue
    recipe = [...(recipe ?? []), ...finished.recipe]
    warnings.push(...finished.warnings)
    const source =
      emulation.merge?.source.info ?? job.input.images.find(({ role }) => role === 'source')?.info ?? made
    geometry ??= {
      source: { width: source.width, height: source.height },
      output: finished.size,
      // Our steps begin at the picture that the engine made, unless it was merged into the source.
      steps: [...(emulation.merge === null ? generated(source, made) : []), ...finished.steps],
    }
  }
  const told = emulatedWarnings(emulation, { told: result.warnings, engine: job.engine, input: job.input })
  return { ...result, outputs, recipe, geometry, warnings: [...told, ...warnings] }
}

function generated(source: Size, { width, height }: Size): Geometry['steps'] {
  return source.width === width && source.height === height ? [] : [{ kind: 'generate', width, height }]
}

async function toFile(output: EngineOutput, path: string): Promise<string> {
  if (output.kind === 'file') return output.path
  await writeFile(path, output.bytes)
  return path
}

function readHeader({ probe }: FinishResultDeps, output: EngineOutput): Promise<ImageInfo> {
  return output.kind === 'bytes' ? Promise.resolve(probe.probe(output.bytes)) : probeFile(probe, output.path)
}

function undone(paths: readonly string[], reason: string): Warning[] {
  return paths.map((path) => ({
    code: 'unsupported_field',
    path,
    message: `\`${path}\` has no effect: the picture is as the engine made it, because our own work on it failed (${reason})`,
  }))
}
