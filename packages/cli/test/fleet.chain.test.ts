import { syntheticCrash } from '@plimsoll/devnet'
import { expect, test } from 'vitest'
import { runFleet } from '../src/fleet/runFleet.ts'
import { AgentProcessError, spawnAgent } from '../src/fleet/spawnAgent.ts'

test('default: three agents in processes of their own stay below the cap of the market they share', {
  timeout: 240_000,
}, async () => {
  const frames: number[] = []
  const record = await runFleet({
    path: syntheticCrash({ seed: 1, frames: 72 }),
    ...{ seed: 1, agents: 3, debt: 1_200_000, engine: 'dp', governor: 'footprint' },
    progress: () => {},
    onFrame: ({ index }) => void frames.push(index),
  })
  expect(frames).toEqual(Array.from({ length: 72 }, (_, i) => i))
  const [ether] = record.impact
  if (ether === undefined) throw expect.unreachable()
  expect(ether.swaps).toBeGreaterThan(0)
  expect(ether.sold).toBeGreaterThan(100_000)
  expect(ether.hourly).toBeGreaterThan(0)
  expect(ether.hourly).toBeLessThan(record.cap.all)
  // What swaps moved the price by is what their size moves a pool of $5M at 1 % by, or somewhat more where it has lost depth.
  expect(ether.unabsorbed).toBeGreaterThan((0.3 * 0.01 * ether.sold) / 5e6)
  const granted = (name: string) =>
    record.agents.reduce((sum, { grants }) => sum + (grants[name] ?? 0), 0)
  expect(granted('allowed')).toBeGreaterThan(0)
  expect(granted('deferred by budget-gathering')).toBeGreaterThan(0)
  for (const { bypass, liquidations } of record.agents) {
    expect(bypass.leased).toBeGreaterThan(0)
    expect(bypass.drawn).toBeLessThanOrEqual(bypass.leased)
    if (liquidations > 0) expect(bypass.drawnBefore).toBeGreaterThan(0)
  }
})

test('error: AgentProcessError', async () => {
  const tick = { type: 'tick', board: { walls: {}, volumes: {} } } as const
  const early = spawnAgent(0)
  await expect(early.ask(tick, 'ticked')).rejects.toThrow(AgentProcessError)
  const dying = early.ask(tick, 'ticked')
  early.kill()
  await expect(dying).rejects.toThrow(AgentProcessError)
  await expect(early.ask(tick, 'ticked')).rejects.toThrow(AgentProcessError)
})
