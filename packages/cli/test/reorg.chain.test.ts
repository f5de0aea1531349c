import { type ChainHead, IncompleteFrameError } from '@plimsoll/domain'
import { createChainHead } from '@plimsoll/evm'
import { assembleFrame } from '@plimsoll/kernel'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stage, startStage } from './startStage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.devnet.stop())

test('behavior: a frame whose block was replaced after it was read is refused, the next is of the new one', async () => {
  const { devnet, client, venues } = stage
  const owner = devnet.accounts.owner.address
  const head = createChainHead(client)
  await devnet.setFeed('ETH', 1_990_00000000n) // two blocks: the feed, and the perp index
  const block = await head.latest()
  const whole = await assembleFrame({ ...venues, head, owner, block })
  expect(whole.oraclePrices.get('ETH')).toBe(1_990)

  const late: ChainHead = {
    ...head,
    async isCanonical(asked) {
      await devnet.client.request({ method: 'anvil_reorg', params: [2, []] } as never)
      return head.isCanonical(asked)
    },
  }
  const torn = assembleFrame({ ...venues, head: late, owner, block })
  await expect(torn).rejects.toBeInstanceOf(IncompleteFrameError)
  await expect(torn).rejects.toMatchObject({
    recovery: 'refresh',
    message: expect.stringContaining(`${block.hash} was replaced`),
  })

  const next = await head.latest()
  expect(next.number).toBe(block.number)
  const frame = await assembleFrame({ ...venues, head, owner, block: next })
  expect(frame.oraclePrices.get('ETH')).toBe(2_000)
})
