import { WAD } from '@plimsoll/domain'
import { maxUint256 } from 'viem'
import { expect, test, vi } from 'vitest'
import { liquidationAbi } from './aaveChain.ts'
import { useAave } from './useAave.ts'

const on = useAave()

test('a read is one request, whatever it asks for', async () => {
  const owner = await on.open([[on.weth, 10]], [[on.usdc, 1_000]])
  const block = await on.chain.latest()
  const spy = vi.spyOn(globalThis, 'fetch')
  await on.chain.aave.read(owner, block)
  const asked = spy.mock.calls.length
  spy.mockRestore()
  expect(asked).toBe(1)
})

test('a real liquidation shows in the next read: less debt, less collateral, a bonus lost', async () => {
  const owner = await on.open([[on.weth, 10]], [[on.usdc, 15_000]])
  await on.chain.movePrice('ETH', 0.88)
  const before = await on.read(owner)
  expect(before.healthFactor < WAD).toBe(true)
  const liquidator = on.chain.devnet.accounts.aaveLiquidator.address
  const { status } = await on.chain.transact(
    liquidator,
    on.pool(),
    liquidationAbi,
    'liquidationCall',
    [on.weth.address, on.usdc.address, owner, maxUint256, false],
  )
  expect(status).toBe('0x1')
  const after = await on.read(owner)
  const [owed, held] = [before, after].map((each) => [
    Number(each.debt.reduce((sum, leg) => sum + leg.value, 0n)),
    Number(each.collateral.reduce((sum, leg) => sum + leg.value, 0n)),
  ]) as [[number, number], [number, number]]
  const [repaid, seized] = [owed[0] - held[0], owed[1] - held[1]]
  expect(repaid / owed[0]).toBeCloseTo(Number(before.closeFactor) / 1e18, 5)
  expect(seized / repaid).toBeCloseTo(1.05, 4)
})
