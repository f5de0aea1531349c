import {
  type Address,
  type BlockRef,
  type Call,
  InvariantError,
  type Token,
} from '@plimsoll/domain'
import { type ChainClient, createChainClient, erc20Abi } from '@plimsoll/evm'
import { type Hex, keccak256, toHex } from 'viem'
import { type TokenSymbol, tokensOf } from '../deployment.ts'
import { type Devnet, startDevnet } from '../startDevnet.ts'

const GAS = 5_000_000n

/** What became of calls sent one after another: all went through, or the first that the chain refused and its revert data. */
type SendOutcome =
  | { readonly type: 'settled' }
  | { readonly type: 'reverted'; readonly index: number; readonly data: Hex }

/** A devnet as the tests of a venue use it: nothing here goes through the adapter. */
export type TestChain = {
  readonly devnet: Devnet
  readonly client: ChainClient
  readonly tokens: Readonly<Record<TokenSymbol, Token>>
  /** A new account that holds gas and nothing else. */
  account(): Promise<Address>
  fund(account: Address, token: Token, raw: bigint): Promise<void>
  balance(account: Address, token: Token): Promise<bigint>
  /** Sends calls one after another as anyone, each in a block of its own. */
  send(calls: readonly Pick<Call, 'to' | 'data'>[], from: Address): Promise<SendOutcome>
  latest(): Promise<BlockRef>
  /** Remembers the chain's state; the returned function goes back to it. */
  checkpoint(): Promise<() => Promise<void>>
}

/** Starts a devnet of its own. */
export async function openChain(): Promise<TestChain> {
  const devnet = await startDevnet()
  const { rpcUrl, chainId, deployment } = devnet
  const client = await createChainClient({ rpcUrl, chainId, multicall3: deployment.multicall3 })
  const rpc = devnet.client.request as (request: {
    method: string
    params: readonly unknown[]
  }) => Promise<unknown>
  await rpc({ method: 'anvil_autoImpersonateAccount', params: [true] })
  let accounts = 0

  return {
    devnet,
    client,
    tokens: tokensOf(deployment),
    async account() {
      const account: Address = `0x${keccak256(toHex(`account ${accounts++}`)).slice(-40)}`
      await devnet.setBalance(account, 10n ** 20n)
      return account
    },
    fund: (account, token, raw) => devnet.mint(token.symbol as TokenSymbol, account, raw),
    balance: (account, { address }) =>
      client.readContract({ address, abi: erc20Abi, functionName: 'balanceOf', args: [account] }),
    async send(calls, from) {
      for (const [index, { to, data }] of calls.entries()) {
        const request = { from, to, data, gas: toHex(GAS) }
        const sent = await rpc({ method: 'eth_sendTransactionSync', params: [request] })
        const { status, transactionHash } = sent as { status: Hex; transactionHash: Hex }
        if (status === '0x1') continue
        const params = [transactionHash, { tracer: 'callTracer' }]
        const trace = await rpc({ method: 'debug_traceTransaction', params })
        return { type: 'reverted', index, data: (trace as { output?: Hex }).output ?? '0x' }
      }
      return { type: 'settled' }
    },
    async latest() {
      const { number, hash, timestamp, baseFeePerGas } = await client.getBlock()
      return { number, hash, timestamp, gasPrice: baseFeePerGas ?? 0n }
    },
    async checkpoint() {
      const id = await devnet.snapshot()
      return () => devnet.revert(id)
    },
  }
}

/** A value that the deployment must hold. */
export function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new InvariantError({ expected: what, found: 'nothing' })
  return value
}
