import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BaseError } from '@plimsoll/domain'
import { ModelCorruptError, ModelHashError } from '../errors.ts'
import type { Manifest } from './Manifest.ts'
import { parseManifest } from './parseManifest.ts'

/** A model as its folder holds it, not running yet. */
export type ModelFiles = {
  readonly manifest: Manifest
  /** The graph. */
  readonly onnx: Uint8Array
  /** `name@version` */
  readonly id: string
}

/**
 * Loads a model's folder: `manifest.json` and the `model.onnx` it was written for.
 *
 * @throws ModelCorruptError when a file is missing or not JSON.
 * @throws ModelContractError when the manifest does not keep the contract.
 * @throws ModelHashError when the graph is another one.
 */
export async function loadModel(directory: string): Promise<ModelFiles> {
  const manifest = parseManifest(await readJson(directory, 'manifest.json'), directory)
  const onnx = await readBytes(directory, 'model.onnx')
  const found = createHash('sha256').update(onnx).digest('hex')
  const id = modelId(manifest)
  if (found !== manifest.sha256)
    throw new ModelHashError({ model: id, found, expected: manifest.sha256 })
  return { manifest, onnx, id }
}

/** A model's folder that could not be loaded, and why. */
export type UnloadedModel = { readonly id: string; readonly failure: BaseError }

/**
 * Loads a model's folder for an agent, which goes on without it: what {@link loadModel} throws is returned.
 *
 * @param p.name - What the model is called while its manifest is not known.
 */
export async function loadModelOrReason(p: {
  readonly directory: string
  readonly name: string
}): Promise<ModelFiles | UnloadedModel> {
  try {
    return await loadModel(p.directory)
  } catch (failure) {
    if (failure instanceof BaseError) return { id: p.name, failure }
    throw failure
  }
}

/** Name and version in one. */
export const modelId = ({ name, version }: Pick<Manifest, 'name' | 'version'>): string =>
  `${name}@${version}`

/** Reads a JSON file of a model's folder. @throws ModelCorruptError when it is missing or not JSON. */
export async function readJson(directory: string, file: string): Promise<unknown> {
  const bytes = await readBytes(directory, file)
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new ModelCorruptError({ what: join(directory, file), found: 'not JSON', cause })
  }
}

async function readBytes(directory: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(join(directory, file))
  } catch (cause) {
    throw new ModelCorruptError({ what: join(directory, file), found: 'cannot be read', cause })
  }
}
