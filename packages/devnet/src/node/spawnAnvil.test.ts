import { afterEach, expect, test, vi } from 'vitest'
import { NodeStartError } from '../errors.ts'
import { spawnAnvil } from './spawnAnvil.ts'

const { execPath } = process
afterEach(() => {
  process.execPath = execPath
  vi.useRealTimers()
})

test.each([
  ['cannot be run', '/nowhere/node'],
  ['ends at once', 'false'],
])('error: NodeStartError when the guard %s, and nothing is left to wait for', async (_, path) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  process.execPath = path
  const starting = spawnAnvil({ timestamp: 1, port: 0, statePath: null })
  await expect(starting).rejects.toBeInstanceOf(NodeStartError)
  expect(vi.getTimerCount()).toBe(0)
})
