import { type FeedAsset, openChain } from '@plimsoll/devnet'
import type { Address, Call, Token } from '@plimsoll/domain'
import { erc20Abi, extractRevertData } from '@plimsoll/evm'
import {
  type Abi,
  decodeAbiParameters,
  encodeFunctionData,
  type Hex,
  maxUint256,
  numberToHex,
  parseAbi,
  slice,
} from 'viem'
import { type AaveV3, loadAaveV3 } from '../src/index.ts'

export const liquidationAbi = parseAbi([
  'function liquidationCall(address collateral, address debt, address user, uint256 debtToCover, bool receiveAToken)',
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
])

const feedAbi = parseAbi(['function latestAnswer() view returns (int256)'])

/** The real pool on a devnet, and the means to move it about. */
export type AaveChain = Awaited<ReturnType<typeof startAave>>

/** Starts a devnet and loads the venue on it. */
export async function startAave() {
  const base = await openChain()
  const { devnet, client: reader, tokens } = base
  const { deployment, client } = devnet
  const aave: AaveV3 = await loadAaveV3({
    client: reader,
    pool: deployment.aave.pool,
    tokens: Object.values(tokens),
  })

  const sendOne = async (from: Address, to: Address, data: Hex): Promise<Receipt> =>
    client.request({
      method: 'eth_sendTransactionSync',
      params: [{ from, to, data, gas: numberToHex(5_000_000) }],
    } as never)

  const chain = {
    ...base,
    reader,
    aave,

    /** Calls a view function at a block, the latest unless given. */
    async view<T>(
      address: Address,
      abi: Abi,
      functionName: string,
      args: readonly unknown[] = [],
      blockNumber?: bigint,
    ): Promise<T> {
      const at = blockNumber === undefined ? {} : { blockNumber }
      return (await client.readContract({ address, abi, functionName, args, ...at })) as T
    },

    /** Sends bytes as anyone; the receipt says whether they reverted. */
    transactRaw: sendOne,

    /** Sends one transaction as anyone; the receipt says whether it reverted. */
    transact: (
      from: Address,
      to: Address,
      abi: Abi,
      functionName: string,
      args: readonly unknown[],
    ) => sendOne(from, to, encodeFunctionData({ abi, functionName, args })),

    /** Puts calls into one block, as an executor's transaction would; false when one of them reverted. */
    async sendTogether(calls: readonly Call[], from: Address): Promise<boolean> {
      await client.setAutomine(false)
      const hashes: Hex[] = []
      for (const { to, data } of calls)
        hashes.push(
          await client.request({
            method: 'eth_sendTransaction',
            params: [{ from, to, data, gas: numberToHex(1_000_000) }],
          } as never),
        )
      await client.mine({ blocks: 1 })
      await client.setAutomine(true)
      const receipts = await Promise.all(
        hashes.map((hash) => client.getTransactionReceipt({ hash })),
      )
      return receipts.every(({ status }) => status === 'success')
    },

    async movePrice(asset: string, factor: number): Promise<void> {
      const id = asset as FeedAsset
      const answer: bigint = await chain.view(deployment.feeds[id], feedAbi, 'latestAnswer')
      const moved = (answer * BigInt(Math.round(factor * 1e12))) / 10n ** 12n
      await devnet.setFeed(id, moved > 0n ? moved : 1n)
    },

    /** What a liquidator's call would meet: null when the pool lets it through, else Aave's code. */
    async liquidationError(p: {
      readonly account: Address
      readonly collateral: Token
      readonly debt: Token
    }): Promise<string | null> {
      const data = encodeFunctionData({
        abi: liquidationAbi,
        functionName: 'liquidationCall',
        args: [p.collateral.address, p.debt.address, p.account, maxUint256, false],
      })
      const from = devnet.accounts.aaveLiquidator.address
      const to = deployment.aave.pool
      try {
        await client.call({ account: from, to, data })
        return null
      } catch (error) {
        const reverted = extractRevertData(error)
        return reverted === null
          ? 'no data'
          : decodeAbiParameters([{ type: 'string' }], slice(reverted, 4))[0]
      }
    },

    close: () => devnet.stop(),
  }

  const liquidator = devnet.accounts.aaveLiquidator.address
  for (const token of Object.values(tokens)) {
    await chain.fund(liquidator, token, 10n ** BigInt(token.decimals + 6))
    await chain.transact(liquidator, token.address, erc20Abi, 'approve', [
      deployment.aave.pool,
      maxUint256,
    ])
  }
  return chain
}

type Receipt = {
  readonly status: Hex
  readonly logs: readonly {
    readonly address: Address
    readonly topics: Hex[]
    readonly data: Hex
  }[]
}
