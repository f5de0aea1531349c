import { type Address, usd, valueDown, valueUp, WAD } from '@plimsoll/domain'
import { encodeFunctionData, parseEventLogs } from 'viem'
import type { MorphoMarket } from '../deployment.ts'
import { morphoAbi, morphoOracleAbi } from './abis.ts'
import { type Attempt, gather, type Liquidator, tryOut } from './Liquidator.ts'
import type { DollarPool } from './readMarket.ts'
import type { Stage } from './Stage.ts'
import { saleCall } from './saleCall.ts'
import { inventoryCalls } from './trading.ts'

const INVENTORY = { USDC: 10n ** 14n }
const ORACLE_SCALE = 10n ** 36n
/** Interest since the market's last update is not in its totals: closer than this, the protocol is asked itself. */
const DOUBT = WAD + WAD / 1_000n
const GAS = 1_500_000n

/** Creates the bot that calls Morpho's `liquidate`: the whole debt, or all collateral when that is worth less. */
export function createMorphoLiquidator(stage: Stage, pools: readonly DollarPool[]): Liquidator {
  const { client, tokens } = stage
  const { morpho, markets } = stage.deployment.morpho
  const by = stage.accounts.morphoLiquidator.address

  const attempt = (
    market: MorphoMarket,
    account: Address,
    seized: bigint,
    shares: bigint,
  ): Attempt => ({
    action: `Morpho liquidate of ${account}, ${market.collateral}/${market.loan}`,
    account,
    from: by,
    to: morpho,
    gas: GAS,
    data: encodeFunctionData({
      abi: morphoAbi,
      functionName: 'liquidate',
      args: [{ ...market.params, lltv: BigInt(market.params.lltv) }, account, seized, shares, '0x'],
    }),
  })

  /** Collateral capacity over debt, as the market's totals have it. [WAD] */
  const readHealth = async (market: MorphoMarket, accounts: readonly Address[]) => {
    const contract = { address: morpho, abi: morphoAbi } as const
    const [totals, price, positions] = await Promise.all([
      client.readContract({ ...contract, functionName: 'market', args: [market.id] }),
      client.readContract({
        address: market.params.oracle,
        abi: morphoOracleAbi,
        functionName: 'price',
      }),
      client.multicall({
        allowFailure: false,
        batchSize: 0,
        contracts: accounts.map(
          (account) =>
            ({ ...contract, functionName: 'position', args: [market.id, account] }) as const,
        ),
      }),
    ])
    const [, , borrowAssets, borrowShares] = totals
    return accounts.flatMap((account, i) => {
      const [, shares = 0n, collateral = 0n] = positions[i] ?? []
      if (shares === 0n || borrowShares === 0n) return []
      const capacity = ((collateral * price) / ORACLE_SCALE) * BigInt(market.params.lltv)
      const debt = (shares * borrowAssets) / borrowShares
      return [{ account, shares, collateral, health: debt === 0n ? DOUBT : capacity / debt }]
    })
  }

  return {
    inventory: inventoryCalls(stage, 'morphoLiquidator', INVENTORY, [morpho]).concat(
      inventoryCalls(stage, 'morphoLiquidator', { WETH: 0n, WBTC: 0n }, [
        stage.deployment.uniswap.swapRouter02,
      ]),
    ),
    async find(accounts) {
      const perMarket = await Promise.all(
        markets.map(async (market) => {
          const positions = await readHealth(market, accounts)
          const close = positions.filter(({ health }) => health < DOUBT)
          return Promise.all(
            close.map(async ({ account, shares, collateral, health }) => {
              const findings = await tryOut(stage, [
                attempt(market, account, 0n, shares),
                attempt(market, account, collateral, 0n),
              ])
              // Above 1, the protocol may well say that the position is healthy: that is no refusal.
              return health < WAD ? findings : { ...findings, refusals: [] }
            }),
          )
        }),
      )
      return gather(perMarket.flat())
    },
    read(mined, block, prices) {
      const logs = [...mined.logs]
      const [event] = parseEventLogs({ abi: morphoAbi, eventName: 'Liquidate', logs })
      const market = markets.find(({ id }) => id === event?.args.id)
      if (event === undefined || market === undefined) return null
      const { borrower, repaidAssets, seizedAssets } = event.args
      const [loan, collateral] = [tokens[market.loan], tokens[market.collateral]]
      const closedUsd = valueUp(repaidAssets, loan.decimals, prices[loan.asset])
      const lostUsd = valueDown(seizedAssets, collateral.decimals, prices[collateral.asset])
      return {
        liquidation: {
          protocol: 'morpho-blue',
          account: borrower,
          liquidator: by,
          txHash: mined.hash,
          block: block.number,
          repaid: { token: loan, raw: repaidAssets },
          seized: { token: collateral, raw: seizedAssets },
          closedUsd,
          bonusUsd: usd(lostUsd - closedUsd),
        },
        sale: saleCall(stage, pools, { by, token: collateral, amountIn: seizedAssets }),
      }
    },
  }
}
