import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pruneCache } from '../src/index.ts'

const NOW = 1_800_000_000_000
const HOUR = 3_600_000
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A folder that was last used so long ago. */
async function used(name: string, ago: number): Promise<void> {
  await mkdir(join(folder, name))
  await writeFile(join(folder, name, 'state.json'), '{}')
  await utimes(join(folder, name), (NOW - ago) / 1_000, (NOW - ago) / 1_000)
}

test('default: the newest few stay, the rest goes', async () => {
  for (const [i, name] of ['a', 'b', 'c', 'd', 'e'].entries()) await used(name, (i + 2) * HOUR)
  await writeFile(join(folder, 'note.txt'), 'not a folder')
  await pruneCache(folder, NOW, 2)
  expect(await readdir(folder)).toEqual(['a', 'b', 'note.txt'])
})

test('behavior: what was used within the hour stays, however many there are', async () => {
  for (const [i, name] of ['a', 'b', 'c', 'd'].entries()) await used(name, i * 1_000)
  await used('old', HOUR + 1_000)
  await pruneCache(folder, NOW, 2)
  expect(await readdir(folder)).toEqual(['a', 'b', 'c', 'd'])
})
