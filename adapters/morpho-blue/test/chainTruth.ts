import { known, type TestChain } from '@plimsoll/devnet'
import type { Address, BlockRef } from '@plimsoll/domain'
import { decodeRevertData, erc20Abi, extractRevertData } from '@plimsoll/evm'
import { type Abi, decodeFunctionResult, encodeFunctionData, type Hex, multicall3Abi } from 'viem'
import { type Market, marketId } from '../src/index.ts'
import type { MarketState } from '../src/risk.ts'
import { morphoAbi } from './abis.ts'

const MAX = 2n ** 256n - 1n

/** What Morpho itself says of an account at a block, with nothing of ours between. */
export type Truth = {
  /** Time the answers are for. [s] */
  readonly timestamp: bigint
  /** Books after Morpho accrued its interest. */
  readonly books: MarketState
  readonly borrowShares: bigint
  readonly collateral: bigint
  /** What Morpho takes for all shares of the account. */
  readonly borrowed: bigint
}

/** Outcome of a call tried at a block: what it returned, or why it was refused. */
export type Attempt =
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'refused'; readonly reason: string | null }

/** Asks a Morpho contract on a devnet by running real calls on top of a block and keeping none. */
export function createTruth(chain: TestChain) {
  const { client, devnet } = chain
  const { morpho } = devnet.deployment.morpho
  const { multicall3 } = devnet.deployment

  /** Runs calls one after another as the multicall contract, at the time of the block. */
  const together = async (
    block: BlockRef,
    calls: readonly { readonly target: Address; readonly callData: Hex }[],
  ) => {
    const data = encodeFunctionData({
      abi: multicall3Abi,
      functionName: 'aggregate3',
      args: [calls.map((call) => ({ ...call, allowFailure: true }))],
    })
    const answer = await client.call({ to: multicall3, data, blockNumber: block.number })
    return decodeFunctionResult({
      abi: multicall3Abi,
      functionName: 'aggregate3',
      data: known(answer.data, 'an answer of multicall'),
    })
  }

  const call = (target: Address, abi: Abi, functionName: string, args: readonly unknown[]) => ({
    target,
    callData: encodeFunctionData({ abi, functionName, args }),
  })
  const on = (functionName: string, args: readonly unknown[]) =>
    call(morpho, morphoAbi, functionName, args)

  return {
    async read(market: Market, account: Address, block: BlockRef): Promise<Truth> {
      const id = marketId(market.params)
      const { loanToken } = market
      const [time, , books, position] = await together(block, [
        call(multicall3, multicall3Abi, 'getCurrentBlockTimestamp', []),
        on('accrueInterest', [market.params]),
        on('market', [id]),
        on('position', [id, account]),
      ])
      const [, borrowShares, collateral] = decodeFunctionResult({
        abi: morphoAbi,
        functionName: 'position',
        data: known(position, 'a position').returnData,
      })
      const [supplyAssets, supplyShares, borrowAssets, totalBorrowShares, lastUpdate, fee] =
        decodeFunctionResult({
          abi: morphoAbi,
          functionName: 'market',
          data: known(books, 'a market').returnData,
        })
      let borrowed = 0n
      if (borrowShares > 0n) {
        const [, paid] = await together(block, [
          call(loanToken.address, erc20Abi, 'approve', [morpho, MAX]),
          on('repay', [market.params, 0n, borrowShares, account, '0x']),
        ])
        ;[borrowed] = decodeFunctionResult({
          abi: morphoAbi,
          functionName: 'repay',
          data: known(paid, 'a repayment').returnData,
        })
      }
      return {
        timestamp: decodeFunctionResult({
          abi: multicall3Abi,
          functionName: 'getCurrentBlockTimestamp',
          data: known(time, 'a time').returnData,
        }),
        books: {
          totalSupplyAssets: supplyAssets,
          totalSupplyShares: supplyShares,
          totalBorrowAssets: borrowAssets,
          totalBorrowShares,
          lastUpdate,
          fee,
        },
        borrowShares,
        collateral,
        borrowed,
      }
    },

    /** Tries a call of Morpho at a block as an account. */
    async attempt(
      block: BlockRef,
      account: Address,
      functionName: 'borrow' | 'withdrawCollateral' | 'liquidate',
      args: readonly unknown[],
    ): Promise<Attempt> {
      const abi: Abi = morphoAbi
      const data = encodeFunctionData({ abi, functionName, args })
      try {
        const answer = await client.call({
          account,
          to: morpho,
          data,
          blockNumber: block.number,
        })
        const value = decodeFunctionResult({
          abi,
          functionName,
          data: answer.data ?? '0x',
        })
        return { type: 'returned', value }
      } catch (error) {
        const revert = extractRevertData(error)
        if (revert === null) throw error
        return { type: 'refused', reason: decodeRevertData(revert) }
      }
    },
  }
}
