import { usd } from '@plimsoll/domain'
import { type Address, encodeFunctionData, parseEventLogs } from 'viem'
import { PERP_ASSETS, type PerpAsset } from '../deployment.ts'
import { perpsV2Abi } from './abis.ts'
import { type Attempt, gather, type Liquidator, tryOut } from './Liquidator.ts'
import type { Stage } from './Stage.ts'

const GAS = 3_000_000n
const USD_UNIT = 10n ** 10n // sUSD has 18 decimals, USD 8
const WAD = 10n ** 18n

/**
 * Creates the bot that flags a Synthetix position as soon as its market says `canLiquidate`, and liquidates it a block
 * later: for the flagger's fee and the liquidator's. It takes nothing over and needs no inventory.
 */
export function createSynthetixLiquidator(stage: Stage): Liquidator {
  const { client } = stage
  const { chainId, synthetix } = stage.deployment
  const by = stage.accounts.synthetixLiquidator.address

  const attempt = (account: Address, asset: PerpAsset, isFlagged: boolean): Attempt => {
    const functionName = isFlagged ? 'liquidatePosition' : 'flagPosition'
    return {
      action: `Synthetix ${functionName} of ${account}, ${asset}`,
      account,
      from: by,
      to: synthetix.markets[asset].proxy,
      gas: GAS,
      data: encodeFunctionData({ abi: perpsV2Abi, functionName, args: [account] }),
    }
  }

  return {
    inventory: [],
    async find(accounts) {
      const positions = accounts.flatMap((account) =>
        PERP_ASSETS.map((asset) => ({ account, asset })),
      )
      const ask = (functionName: 'canLiquidate' | 'isFlagged') =>
        client.multicall({
          allowFailure: false,
          batchSize: 0,
          contracts: positions.map(
            ({ account, asset }) =>
              ({
                address: synthetix.markets[asset].proxy,
                abi: perpsV2Abi,
                functionName,
                args: [account],
              }) as const,
          ),
        })
      const [below, flagged] = await Promise.all([ask('canLiquidate'), ask('isFlagged')])
      // A flag stays when the price comes back: the position is liquidated all the same.
      const due = positions.flatMap((position, i) => {
        const isFlagged = flagged[i] ?? false
        return isFlagged || below[i] ? [{ ...position, isFlagged }] : []
      })
      return gather(
        await Promise.all(
          due.map(({ account, asset, isFlagged }) =>
            tryOut(stage, [attempt(account, asset, isFlagged)]),
          ),
        ),
      )
    },
    read(mined, block) {
      const { call, hash: txHash } = mined
      const logs = [...mined.logs]
      const asset = PERP_ASSETS.find((each) => synthetix.markets[each].proxy === call.to)
      if (asset === undefined) return null
      const shared = { protocol: 'synthetix-perps-v2', txHash, block: block.number } as const
      const [flag] = parseEventLogs({ abi: perpsV2Abi, eventName: 'PositionFlagged', logs })
      if (flag !== undefined) {
        const { account, flagger } = flag.args
        return { liquidation: null, flag: { ...shared, asset, account, flagger }, sale: null }
      }
      const [event] = parseEventLogs({ abi: perpsV2Abi, eventName: 'PositionLiquidated', logs })
      if (event === undefined) return null
      const { account, liquidator, size, price, flaggerFee, liquidatorFee, stakersFee } = event.args
      const raw = size < 0n ? -size : size
      return {
        liquidation: {
          ...shared,
          account,
          liquidator,
          repaid: null,
          seized: {
            token: { chainId, address: call.to, symbol: `s${asset}PERP`, decimals: 18, asset },
            raw,
          },
          closedUsd: usd((raw * price) / WAD / USD_UNIT),
          bonusUsd: usd((flaggerFee + liquidatorFee + stakersFee) / USD_UNIT),
        },
        sale: null,
      }
    },
  }
}
