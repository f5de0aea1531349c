import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildOnce } from '../src/index.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('behavior: builds once for many, and leaves nothing but the file', async () => {
  let builds = 0
  const build = async () => {
    builds += 1
    return { built: builds }
  }
  const path = join(folder, 'deep', 'thing.json')
  const results = await Promise.all(Array.from({ length: 5 }, () => buildOnce(path, build)))
  expect(results).toEqual(Array.from({ length: 5 }, () => ({ built: 1 })))
  expect(await readdir(join(folder, 'deep'))).toEqual(['thing.json'])
})

test('behavior: takes over the lock of a dead process', async () => {
  const path = join(folder, 'thing.json')
  const { pid } = spawnSync(process.execPath, ['--version'])
  await writeFile(`${path}.lock`, String(pid))
  expect(await buildOnce(path, async () => 1)).toBe(1)
})

test('behavior: a failed build leaves no file and no lock', async () => {
  class BuildFailure extends Error {}
  const path = join(folder, 'thing.json')
  const failing = buildOnce(path, async () => {
    throw new BuildFailure()
  })
  await expect(failing).rejects.toBeInstanceOf(BuildFailure)
  expect(await readdir(folder)).toEqual([])
  expect(await buildOnce(path, async () => 2)).toBe(2)
})
