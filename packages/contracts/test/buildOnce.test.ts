import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buryLock, readLock, takeLock } from '../src/FileLock.ts'
import { buildOnce } from '../src/index.ts'

const BUILDER = fileURLToPath(new URL('./builder.ts', import.meta.url))
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-'))
  path = join(folder, 'thing.json')
})
afterEach(() => rm(folder, { recursive: true }))

test('behavior: builds once for many, and leaves nothing but the file', async () => {
  let builds = 0
  const build = async () => {
    builds += 1
    return { built: builds }
  }
  const deep = join(folder, 'deep', 'thing.json')
  const results = await Promise.all(Array.from({ length: 5 }, () => buildOnce(deep, build)))
  expect(results).toEqual(Array.from({ length: 5 }, () => ({ built: 1 })))
  expect(await readdir(join(folder, 'deep'))).toEqual(['thing.json'])
})

test('behavior: processes that want the same thing wait for the one that builds it, and say so', async () => {
  const builders = Array.from({ length: 4 }, () => {
    const builder = spawn(process.execPath, [BUILDER, path], { stdio: ['pipe', 'pipe', 'inherit'] })
    const said: string[] = []
    createInterface(builder.stdout).on('line', (line) => said.push(line))
    return { builder, said, ended: once(builder, 'close') }
  })
  await expect
    .poll(() => builders.filter(({ said }) => said.length === 1).length, { timeout: 20_000 })
    .toBe(3)
  for (const { builder } of builders) builder.stdin.end()
  await Promise.all(builders.map(({ ended }) => ended))
  const { by } = JSON.parse(await readFile(path, 'utf8'))
  for (const { builder, said } of builders) {
    const waited = `Waiting for process ${by} to build the thing`
    expect(said).toEqual(builder.pid === by ? [`${by}`] : [waited, `${by}`])
  }
  expect(await readdir(folder)).toEqual(['thing.json'])
}, 30_000)

test('behavior: takes over the lock of a dead process', async () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  await writeFile(`${path}.lock`, JSON.stringify({ id: 'old', pid }))
  expect(await buildOnce(path, async () => 1)).toBe(1)
  expect(await readdir(folder)).toEqual(['thing.json'])
})

test.each([
  ['an empty lock', () => ''],
  ['a lock of something else', () => 'null'],
  ['a lock with our own number', () => JSON.stringify({ id: 'old', pid: process.pid })],
  ['a lock whose number another process has now', () => JSON.stringify({ id: 'old', pid: 1 })],
])('behavior: %s without a sign of life is taken over', async (_, content) => {
  await writeFile(`${path}.lock`, content())
  expect(await buildOnce(path, async () => 1, { patienceMs: 300 })).toBe(1)
  expect(await readdir(folder)).toEqual(['thing.json'])
})

test('behavior: a lock with signs of life is waited for, however long the build takes', async () => {
  const lock = await takeLock(`${path}.lock`)
  let builds = 0
  const building = buildOnce(path, async () => ++builds, { patienceMs: 1_500 })
  const { beat } = (await readLock(`${path}.lock`))!
  await expect
    .poll(async () => (await readLock(`${path}.lock`))!.beat, { timeout: 5_000 })
    .not.toBe(beat)
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  expect([builds, (await readLock(`${path}.lock`))?.pid]).toEqual([0, process.pid])
  await lock?.release()
  expect(await building).toBe(1)
})

test('behavior: a lock that took the place of the abandoned one is left alone', async () => {
  const lockPath = `${path}.lock`
  const rival = await takeLock(lockPath)
  const content = await readFile(lockPath, 'utf8')
  await buryLock(lockPath, 'the abandoned one')
  expect(await readFile(lockPath, 'utf8')).toBe(content)
  expect(await readdir(folder)).toEqual(['thing.json.lock'])
  expect(await takeLock(lockPath)).toBeNull()
  await rival?.release()
  expect(await readdir(folder)).toEqual([])
})

test('behavior: a lock that was taken away is not given up for its new holder', async () => {
  const lockPath = `${path}.lock`
  const first = await takeLock(lockPath)
  await buryLock(lockPath, (await readLock(lockPath))!.id)
  const second = await takeLock(lockPath)
  await first?.release()
  expect(await readdir(folder)).toEqual(['thing.json.lock'])
  await second?.release()
})

test.each(['', '{"half": ', 'null'])('behavior: %j in the cache is built again', async (broken) => {
  await writeFile(path, broken)
  expect(await buildOnce(path, async () => 3)).toBe(3)
  expect(await buildOnce(path, async () => 4)).toBe(3)
})

test('behavior: what can no longer be used is built again', async () => {
  const isUsable = async (content: number) => content > 1
  expect(await buildOnce(path, async () => 1, { isUsable })).toBe(1)
  expect(await buildOnce(path, async () => 2, { isUsable })).toBe(2)
  expect(await buildOnce(path, async () => 3, { isUsable })).toBe(2)
})

test('behavior: every use is noted on the folder', async () => {
  const thing = join(folder, 'hash', 'thing.json')
  await mkdir(join(folder, 'hash'))
  await writeFile(thing, '1')
  await utimes(join(folder, 'hash'), 1, 1)
  await buildOnce(thing, async () => 2)
  expect((await stat(join(folder, 'hash'))).mtimeMs).toBeGreaterThan(1e12)
})

test('behavior: a failed build leaves no file and no lock', async () => {
  class BuildFailure extends Error {}
  const failing = buildOnce(path, async () => {
    throw new BuildFailure()
  })
  await expect(failing).rejects.toBeInstanceOf(BuildFailure)
  expect(await readdir(folder)).toEqual([])
  expect(await buildOnce(path, async () => 2)).toBe(2)
})
