import type { Deployment } from '@plimsoll/devnet'
import { type Address, sameAddress } from '@plimsoll/domain'
import type { ChainClient } from '@plimsoll/evm'
import { parseAbi } from 'viem'
import { swapEventAbi } from '../compose/swapEventAbi.ts'
import { type Move, worstHour, worstUnabsorbed } from './worstFall.ts'

const slotAbi = parseAbi([
  'function slot0() view returns (uint160 sqrtPriceX96, int24 tick, uint16, uint16, uint16, uint8, bool)',
])

/** What a fleet's own swaps did to a pool. */
export type OwnImpact = {
  readonly pool: string
  readonly swaps: number
  /** Dollars that its own sales brought, and its purchases took. [USD] */
  readonly sold: number
  readonly bought: number
  /** Largest sum of its own price moves within an hour, as if the market took back none of them. [log-price] */
  readonly hourly: number
  /** The same with what the market absorbs: 60 % with a half-life of 30 minutes, the rest of 12 hours. [log-price] */
  readonly unabsorbed: number
  /** The same within an hour, of everybody's swaps but the fleet's: what the market itself did. [log-price] */
  readonly others: number
}

/**
 * Measures a fleet's own impact from the pools' swap events: the price before and after each of its swaps.
 *
 * Sales and purchases do not make up for one another: an hour counts its falls.
 *
 * @param p.from - Block before the first swap that counts.
 */
export async function measureImpact(p: {
  readonly client: ChainClient
  readonly deployment: Deployment
  readonly owners: readonly Address[]
  readonly from: bigint
  readonly to: bigint
}): Promise<readonly OwnImpact[]> {
  const { client, from, to, owners } = p
  const times = new Map<bigint, Promise<number>>()
  const timeOf = (blockNumber: bigint): Promise<number> => {
    const known = times.get(blockNumber)
    if (known !== undefined) return known
    const time = client.getBlock({ blockNumber }).then(({ timestamp }) => Number(timestamp))
    times.set(blockNumber, time)
    return time
  }
  const found: OwnImpact[] = []
  for (const { address, token0, token1 } of p.deployment.uniswap.pools) {
    if (token0 !== 'USDC' && token1 !== 'USDC') continue
    const logs = await client.getContractEvents({
      ...{ address, abi: swapEventAbi, eventName: 'Swap', strict: true },
      ...{ fromBlock: from + 1n, toBlock: to },
    })
    const [start] = await client.readContract({
      ...{ address, abi: slotAbi, functionName: 'slot0', blockNumber: from },
    })
    const isDollarFirst = token0 === 'USDC'
    let before = start
    const moves: (Move & { readonly isOwn: boolean; readonly dollars: number })[] = []
    for (const { args, transactionHash: hash, blockNumber } of logs) {
      const { from: sender } = await client.getTransaction({ hash })
      // Price of the asset in dollars: √(token1/token0) squared, or its inverse.
      const step = 2 * Math.log(Number(args.sqrtPriceX96) / Number(before))
      before = args.sqrtPriceX96
      moves.push({
        at: await timeOf(blockNumber),
        isOwn: owners.some((owner) => sameAddress(owner, sender)),
        move: isDollarFirst ? -step : step,
        dollars: -Number(isDollarFirst ? args.amount0 : args.amount1) / 1e6,
      })
    }
    const own = moves.filter(({ isOwn }) => isOwn)
    found.push({
      pool: `${isDollarFirst ? token1 : token0}/USDC`,
      swaps: own.length,
      sold: own.reduce((sum, { dollars }) => sum + Math.max(0, dollars), 0),
      bought: own.reduce((sum, { dollars }) => sum + Math.max(0, -dollars), 0),
      hourly: worstHour(own),
      unabsorbed: worstUnabsorbed(own),
      others: worstHour(moves.filter(({ isOwn }) => !isOwn)),
    })
  }
  return found
}
