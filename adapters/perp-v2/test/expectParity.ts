import {
  type Address,
  mulDivDown,
  numberFromRaw,
  numberFromWad,
  type PerpPosition,
} from '@plimsoll/domain'
import { expect } from 'vitest'
import { pendingFunding, premiumX96, totalPositionValue, unrealizedPnl } from '../src/risk.ts'
import type { PerpMarket } from './createPerpMarket.ts'
import { type ChainFigures, readChainFigures, readFundingInputs } from './readChainFigures.ts'

/** Everything the adapter says of an account at one block equals what the contracts say, to the last unit. */
export async function expectParity(on: PerpMarket, account: Address): Promise<PerpPosition> {
  const block = await on.latest()
  const [[position], chain] = await Promise.all([
    on.venue.read(account, block),
    readChainFigures(on, account, block),
  ])
  if (position === undefined) throw new NoPosition(account)

  expect(position.margin).toBe(
    mulDivDown(chain.balance * 10n ** 12n + chain.owedRealizedPnl, 1n, 10n ** 12n),
  )
  expect(position.equity).toBe(chain.accountValue)
  expect(position.maintenanceMargin).toBe(chain.requirement)
  expect(position.freeCollateral).toBe(chain.freeCollateral)

  const held = chain.markets.filter(({ size }) => size !== 0n)
  expect(position.legs.map((leg) => leg.market)).toEqual(held.map(({ of }) => of.name))
  for (const { of, ...market } of held)
    expect(position.legs.find((leg) => leg.market === of.name)).toMatchObject({
      asset: of.asset,
      size: market.size,
      openNotional: market.openNotional,
      markPrice: market.reference,
      indexPrice: market.index,
      fundingOwed: market.funding,
    })

  const balances = chain.markets.map(({ size, openNotional, reference, funding }) => ({
    size,
    openNotional,
    price: reference,
    pendingFunding: funding,
  }))
  expect(unrealizedPnl(balances)).toBe(chain.unrealizedPnl)
  expect(totalPositionValue(balances)).toBe(chain.absValue)
  for (const { of, isOpen, funding, takerSize: size } of chain.markets)
    if (isOpen) {
      const inputs = await readFundingInputs(on, account, of, block)
      expect(pendingFunding({ ...inputs, size, premiumX96: premiumX96(inputs) })).toBe(funding)
    }
  expectLiquidation(on, position, chain)
  return position
}

/** The margin domain is on the chain's side of liquidation, and its terms are the chain's. */
function expectLiquidation(on: PerpMarket, position: PerpPosition, chain: ChainFigures): void {
  const domain = on.venue.liquidation(position)
  const health = domain.health(
    new Map(position.legs.map((leg) => [leg.asset, numberFromWad(leg.markPrice)])),
  )
  const { equity, maintenanceMargin } = position
  if (maintenanceMargin === 0n) {
    expect(health.type).toBe(equity < 0n ? 'insolvent' : 'unlevered')
    return
  }
  const isLiquidatable = chain.markets.some((market) => market.liquidatable !== 0n)
  expect(equity < maintenanceMargin).toBe(isLiquidatable)
  if (equity <= 0n) expect(health.type).toBe('insolvent')
  else {
    expect(health.type).toBe('solvent')
    const ln = Math.log(numberFromRaw(equity, 18) / numberFromRaw(maintenanceMargin, 18))
    if (health.type === 'solvent') expect(Math.abs(health.lnHealth - ln)).toBeLessThan(1e-9)
  }
  if (!isLiquidatable) return
  const shares = chain.markets.map(
    ({ liquidatable, reference }) =>
      Math.abs(numberFromRaw(liquidatable, 18) * numberFromRaw(reference, 18)) /
      numberFromRaw(chain.absValue, 18),
  )
  const { closeFactor, fullCloseHealth } = domain.liquidation
  const isWhole = fullCloseHealth !== null && 2n * equity < maintenanceMargin
  const largest = chain.markets.map(({ value }) => Math.abs(numberFromRaw(value, 18)))
  const expected = isWhole ? Math.max(...largest) / numberFromRaw(chain.absValue, 18) : closeFactor
  expect(Math.abs(Math.max(...shares) - expected)).toBeLessThan(2e-6)
}

class NoPosition extends Error {}
