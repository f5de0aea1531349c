import { type Address, usd } from '@plimsoll/domain'
import { encodeFunctionData, parseEventLogs } from 'viem'
import { PERP_ASSETS, type PerpAsset } from '../deployment.ts'
import { accountBalanceAbi, clearingHouseAbi } from './abis.ts'
import { type Attempt, gather, type Liquidator, tryOut } from './Liquidator.ts'
import type { DollarPool } from './readMarket.ts'
import type { Stage } from './Stage.ts'
import { closeCall, depositCall, inventoryCalls } from './trading.ts'

const MARGIN = 10n ** 14n
const GAS = 5_000_000n

/**
 * Creates the bot that calls Perp v2's `liquidate` on an account's largest position, as much of it as the protocol
 * allows, takes it over with margin of its own, and closes it.
 */
export function createPerpLiquidator(stage: Stage, pools: readonly DollarPool[]): Liquidator {
  const { client } = stage
  const { clearingHouse, accountBalance, markets, vault } = stage.deployment.perp
  const by = stage.accounts.perpLiquidator.address

  const attempt = (account: Address, asset: PerpAsset): Attempt => ({
    action: `Perp liquidate of ${account}, ${asset}`,
    account,
    from: by,
    to: clearingHouse,
    gas: GAS,
    data: encodeFunctionData({
      abi: clearingHouseAbi,
      functionName: 'liquidate',
      args: [account, markets[asset].baseToken],
    }),
  })

  const readMargins = async (accounts: readonly Address[]) => {
    const [equities, requirements] = await Promise.all([
      client.multicall({
        allowFailure: false,
        batchSize: 0,
        contracts: accounts.map(
          (account) =>
            ({
              address: clearingHouse,
              abi: clearingHouseAbi,
              functionName: 'getAccountValue',
              args: [account],
            }) as const,
        ),
      }),
      client.multicall({
        allowFailure: false,
        batchSize: 0,
        contracts: accounts.map(
          (account) =>
            ({
              address: accountBalance,
              abi: accountBalanceAbi,
              functionName: 'getMarginRequirementForLiquidation',
              args: [account],
            }) as const,
        ),
      }),
    ])
    return accounts.filter((_, i) => (equities[i] ?? 0n) < (requirements[i] ?? 0n))
  }

  /** Assets in which the account has a position, the largest in USD first. */
  const readPositions = async (account: Address): Promise<readonly PerpAsset[]> => {
    const positions = await Promise.all(
      PERP_ASSETS.map(async (asset) => {
        const { baseToken } = markets[asset]
        const contract = { address: accountBalance, abi: accountBalanceAbi } as const
        const [size, mark] = await Promise.all([
          client.readContract({
            ...contract,
            functionName: 'getTotalPositionSize',
            args: [account, baseToken],
          }),
          client.readContract({ ...contract, functionName: 'getMarkPrice', args: [baseToken] }),
        ])
        return { asset, notional: (size < 0n ? -size : size) * mark }
      }),
    )
    return positions
      .filter(({ notional }) => notional > 0n)
      .sort((a, b) => (a.notional === b.notional ? 0 : a.notional > b.notional ? -1 : 1))
      .map(({ asset }) => asset)
  }

  return {
    inventory: [
      ...inventoryCalls(stage, 'perpLiquidator', { USDC: MARGIN }, [vault]),
      depositCall(stage, by, MARGIN),
    ],
    async find(accounts) {
      const below = await readMargins(accounts)
      return gather(
        await Promise.all(
          below.map(async (account) => {
            const assets = await readPositions(account)
            return tryOut(
              stage,
              assets.map((asset) => attempt(account, asset)),
            )
          }),
        ),
      )
    },
    read(mined, block) {
      const logs = [...mined.logs]
      const [event] = parseEventLogs({
        abi: clearingHouseAbi,
        eventName: 'PositionLiquidated',
        logs,
      })
      const asset = PERP_ASSETS.find((each) => markets[each].baseToken === event?.args.baseToken)
      const pool = pools.find((each) => each.venue === 'perp-v2' && each.asset === asset)
      if (event === undefined || asset === undefined || pool === undefined) return null
      const { trader, positionSize, positionNotional, liquidationFee } = event.args
      const { baseToken: address } = markets[asset]
      const { chainId } = stage.deployment
      return {
        liquidation: {
          protocol: 'perp-v2',
          account: trader,
          liquidator: by,
          txHash: mined.hash,
          block: block.number,
          repaid: null,
          seized: {
            token: { chainId, address, symbol: `v${asset}`, decimals: 18, asset },
            raw: positionSize,
          },
          closedUsd: usd(positionNotional / 10n ** 10n),
          bonusUsd: usd(liquidationFee / 10n ** 10n),
        },
        sale: closeCall(stage, pool, by),
      }
    },
  }
}
