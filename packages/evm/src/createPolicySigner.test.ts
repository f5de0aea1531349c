import {
  InvalidInputError,
  PolicyDeniedError,
  price,
  StalePriceError,
  type Token,
} from '@plimsoll/domain'
import { keccak256, parseTransaction, recoverTransactionAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import { approveCall } from './approveCall.ts'
import { approveRule } from './approveRule.ts'
import { createPolicySigner } from './createPolicySigner.ts'
import { createSigningPolicy } from './createSigningPolicy.ts'
import { FeeAboveCapError } from './errors.ts'

const account = privateKeyToAccount(`0x${'11'.repeat(32)}`)
const other = privateKeyToAccount(`0x${'22'.repeat(32)}`)
const pool = '0x00000000000000000000000000000000000000d1'
const usdc: Token = {
  chainId: 31337,
  address: '0x00000000000000000000000000000000000000c1',
  symbol: 'USDC',
  decimals: 6,
  asset: 'USDC',
}
const policy = createSigningPolicy({
  chainId: 31337,
  owner: account.address,
  executor: null,
  rules: [approveRule(usdc, [pool])],
  maxFeePerGas: 1_000n,
  maxGas: 100_000n,
})
const signer = createPolicySigner({ account, policy, priorityFee: 3n })
const call = approveCall({ token: usdc, spender: pool, raw: 5n, venue: 'v' })
const at = (gasPrice: bigint) => ({ number: 1n, hash: '0x00', timestamp: 1n, gasPrice }) as const
const order = { call, nonce: 7, gas: 60_000n, block: at(100n) }

describe('createPolicySigner', () => {
  test('default: signs exactly the call, with the hash of the bytes', async () => {
    const signed = await signer.sign(order)
    const { raw } = signed
    expect(signed).toEqual({ hash: keccak256(raw), raw, nonce: 7, call })
    expect(parseTransaction(raw)).toMatchObject({
      type: 'eip1559',
      chainId: 31337,
      nonce: 7,
      to: call.to,
      data: call.data,
      gas: 60_000n,
      maxFeePerGas: 200n,
      maxPriorityFeePerGas: 3n,
    })
    const serializedTransaction = raw as `0x02${string}`
    expect(await recoverTransactionAddress({ serializedTransaction })).toBe(account.address)
    expect(signer.address).toBe(account.address)
  })

  test('behavior: the same order gives the same bytes', async () => {
    expect(await signer.sign(order)).toEqual(await signer.sign(order))
  })

  test('behavior: headroom ends at the cap, and the offer to the proposer at the fee', async () => {
    const near = parseTransaction((await signer.sign({ ...order, block: at(1_000n) })).raw)
    expect(near.maxFeePerGas).toBe(1_000n)
    const cheap = parseTransaction((await signer.sign({ ...order, block: at(1n) })).raw)
    expect(cheap).toMatchObject({ maxFeePerGas: 2n, maxPriorityFeePerGas: 2n })
  })

  test('error: FeeAboveCapError, from which a later block recovers', async () => {
    const signing = signer.sign({ ...order, block: at(1_001n) })
    await expect(signing).rejects.toBeInstanceOf(FeeAboveCapError)
    await expect(signing).rejects.toMatchObject({ recovery: 'refresh' })
  })

  test('error: PolicyDeniedError before anything is signed', async () => {
    let signatures = 0
    const watched = {
      ...account,
      signTransaction: async () => {
        signatures++
        return '0x' as const
      },
    }
    const watching = createPolicySigner({ account: watched, policy })
    const hostile = approveCall({ token: usdc, spender: other.address, raw: 5n, venue: 'v' })
    const signing = watching.sign({ ...order, call: hostile })
    await expect(signing).rejects.toBeInstanceOf(PolicyDeniedError)
    await expect(watching.sign({ ...order, gas: 100_001n })).rejects.toMatchObject({ rule: 'gas' })
    expect(signatures).toBe(0)
  })

  test('behavior: the policy sees the time of the block and the references read at it', async () => {
    const seen: unknown[] = []
    const references = new Map([['ETH', price(2_000n)]])
    const watching = createPolicySigner({
      account,
      policy: { ...policy, check: (_, sight) => seen.push(sight) },
      readReferences: async ({ number }) => (number === 1n ? references : new Map()),
    })
    await watching.sign(order)
    expect(seen).toEqual([{ time: 1n, references }])
  })

  test('error: of the references, and nothing is signed', async () => {
    const stale = new StalePriceError({ feed: 'ETH', age: 9n, heartbeat: 1n })
    const blind = createPolicySigner({
      account,
      policy,
      readReferences: () => Promise.reject(stale),
    })
    await expect(blind.sign(order)).rejects.toBe(stale)
  })

  test("error: InvalidInputError when the account is not the policy's owner", () => {
    expect(() => createPolicySigner({ account: other, policy })).toThrow(InvalidInputError)
  })
})
