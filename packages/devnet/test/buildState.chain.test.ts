import { cp, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CACHE_DIR, loadDeployment, startDevnet } from '../src/index.ts'

let cacheDir: string

beforeAll(async () => {
  await loadDeployment() // so that the compilers' output is there to be copied
  cacheDir = await mkdtemp(join(tmpdir(), 'plimsoll-'))
  await cp(join(CACHE_DIR, 'contracts'), join(cacheDir, 'contracts'), { recursive: true })
})
afterAll(() => rm(cacheDir, { recursive: true }))

test('behavior: several at once on a cold cache deploy once; a state that was cut is built again', async () => {
  const told: string[] = []
  const options = { cacheDir, onProgress: (message: string) => told.push(message) }
  const devnets = await Promise.all([1, 2, 3].map(() => startDevnet(options)))
  const blocks = await Promise.all(devnets.map(({ client }) => client.getBlock()))
  await Promise.all(devnets.map((devnet) => devnet.stop()))
  expect(new Set(blocks.map(({ hash }) => hash)).size).toBe(1)
  expect(told.filter((message) => message.startsWith('Waiting'))).toHaveLength(2)
  const deploying = told.filter((message) => !message.startsWith('Waiting'))
  expect(deploying.length).toBeGreaterThan(0)
  expect(new Set(deploying).size).toBe(deploying.length)

  const [hash] = await readdir(join(cacheDir, 'devnet'))
  const statePath = join(cacheDir, 'devnet', hash!, 'state.json')
  const { size } = await stat(statePath)
  await truncate(statePath, size / 2)
  told.length = 0
  const again = await startDevnet(options)
  expect((await again.client.getBlock()).hash).toBe(blocks[0]?.hash)
  await again.stop()
  expect(told).toEqual(deploying)
})
