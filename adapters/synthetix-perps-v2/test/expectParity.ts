import { type Address, numberFromRaw, numberFromWad, type PerpPosition } from '@plimsoll/domain'
import { encodeFunctionData, parseAbi } from 'viem'
import { expect } from 'vitest'
import type { SynthetixMarket } from '../src/index.ts'
import { readMarket } from '../src/readMarket.ts'
import {
  accessibleMargin,
  accruedFunding,
  fillPrice,
  fundingRate,
  fundingVelocity,
  liquidationFee,
  liquidationPrice,
  notional,
  orderFee,
  profitLoss,
  remainingMargin,
  unrecordedFunding,
} from '../src/risk.ts'
import type { SynthetixBench } from './createSynthetixMarket.ts'
import { type ChainFigures, readChainFigures, readTradeFigures } from './readChainFigures.ts'

const abi = parseAbi(['function transferMargin(int256 marginDelta)'])
const absolute = (value: bigint): bigint => (value < 0n ? -value : value)

/**
 * Everything the adapter says of an account in a market, and of trades of some sizes, equals what the contracts say at
 * the same block, to the last unit.
 */
export async function expectParity(
  on: SynthetixBench,
  account: Address,
  of: SynthetixMarket,
  sizes: readonly bigint[],
): Promise<{ readonly position: PerpPosition; readonly chain: ChainFigures }> {
  const { client, config, venue } = on
  const block = await on.latest()
  const [positions, chain, market, readings] = await Promise.all([
    venue.read(account, block),
    readChainFigures(on, account, of, block),
    readMarket({ client, config, venue: venue.id, block }, of),
    venue.readMarkets(block),
  ])
  const position = positions.find(({ domain }) => domain.includes(`/${of.name}/`))
  const reading = readings.find((each) => each.market === of.name)
  if (position === undefined || reading === undefined) throw new NoPosition(account)

  const { parameters } = market
  const { price, position: holding } = chain
  const inputs = {
    skew: chain.skew,
    rateLastRecomputed: chain.rateLastRecomputed,
    elapsed: chain.elapsed,
  }
  const unrecorded = unrecordedFunding(inputs, price, parameters)
  const perUnit = chain.recordedPerUnit + unrecorded
  const isOpen = holding.lastFundingIndex !== 0n
  const funding = isOpen ? accruedFunding(holding.size, perUnit) : 0n
  const { size } = holding
  expect({
    notional: notional(size, price),
    profitLoss: profitLoss(holding, price),
    fundingVelocity: fundingVelocity(chain.skew, parameters),
    fundingRate: fundingRate(inputs, parameters),
    unrecordedFunding: unrecorded,
    accruedFunding: funding,
    remainingMargin: remainingMargin(holding, price, funding),
    accessibleMargin: accessibleMargin(holding, price, funding, parameters),
    liquidationPrice: liquidationPrice(holding, price, perUnit, parameters),
    liquidationFee: chain.canLiquidate ? liquidationFee(size, price, parameters) : 0n,
  }).toEqual({
    notional: absolute(chain.notional),
    profitLoss: chain.profitLoss,
    fundingVelocity: chain.fundingVelocity,
    fundingRate: chain.fundingRate,
    unrecordedFunding: chain.unrecordedFunding,
    accruedFunding: chain.accruedFunding,
    remainingMargin: chain.remainingMargin,
    accessibleMargin: chain.accessibleMargin,
    liquidationPrice: chain.liquidationPrice,
    liquidationFee: chain.liquidationFee,
  })

  expect(position.margin).toBe(holding.margin)
  expect(position.equity < 0n ? 0n : position.equity).toBe(chain.remainingMargin)
  expect(position.equity).toBe(holding.margin + chain.profitLoss + chain.accruedFunding)
  expect(position.legs.map((leg) => [leg.market, leg.size])).toEqual(
    size === 0n ? [] : [[of.name, size]],
  )
  for (const leg of position.legs)
    expect(leg).toMatchObject({
      asset: of.asset,
      markPrice: price,
      indexPrice: price,
      fundingOwed: -chain.accruedFunding,
      fundingRate: chain.fundingRate,
    })
  expect(reading).toMatchObject({ markPrice: price, fundingRate: chain.fundingRate })
  expectLiquidation(on, position, chain)
  await expectWithdrawable(on, account, of, position, block.number)

  for (const each of sizes) {
    const trade = await readTradeFigures(on, each, of, block)
    const filledAt = fillPrice(each, market, parameters)
    expect({
      fillPrice: filledAt,
      orderFee: orderFee({ size: each, fillPrice: filledAt }, market, parameters),
    }).toEqual(trade)
  }
  return { position, chain }
}

/** The margin domain is on the chain's side of liquidation. */
function expectLiquidation(
  on: SynthetixBench,
  position: PerpPosition,
  { canLiquidate, isFlagged }: ChainFigures,
): void {
  const { equity, maintenanceMargin } = position
  const health = on.venue
    .liquidation(position)
    .health(new Map(position.legs.map((leg) => [leg.asset, numberFromWad(leg.markPrice)])))
  if (position.legs.length === 0) {
    expect([maintenanceMargin, health.type]).toEqual([0n, 'unlevered'])
    return
  }
  expect(equity < maintenanceMargin).toBe(canLiquidate || isFlagged)
  if (equity <= 0n) expect(health.type).toBe('insolvent')
  else {
    expect(health.type).toBe('solvent')
    const ln = Math.log(numberFromRaw(equity, 18) / numberFromRaw(maintenanceMargin, 18))
    if (health.type === 'solvent') expect(Math.abs(health.lnHealth - ln)).toBeLessThan(1e-9)
  }
}

/** What is called free can be withdrawn at that very block, and it is all of it to a tenth of a cent and a bit of leverage. */
async function expectWithdrawable(
  { client }: SynthetixBench,
  account: Address,
  { address: to }: SynthetixMarket,
  { freeCollateral, margin, legs }: PerpPosition,
  blockNumber: bigint,
): Promise<void> {
  if (freeCollateral === 0n) return
  const withdraw = (raw: bigint) => {
    const data = encodeFunctionData({ abi, functionName: 'transferMargin', args: [-raw] })
    return client.call({ account, to, data, blockNumber })
  }
  await withdraw(freeCollateral)
  if (legs.length === 0) expect(freeCollateral).toBe(margin)
  else await expect(withdraw((freeCollateral * 101n) / 100n + 10n ** 18n)).rejects.toThrow()
}

class NoPosition extends Error {}
