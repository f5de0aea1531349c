import { createHash } from 'node:crypto'
import {
  type Address,
  type Amount,
  type BlockRef,
  type Call,
  type ChainHead,
  type Hex,
  InvalidInputError,
  type Receipt,
  type SignedTransaction,
  type Signer,
  type Simulator,
  type SpotSource,
  type SubmissionLane,
  sameAddress,
  type Token,
  VenueReadError,
} from '@plimsoll/domain'
import { balanceOf, type Contract, mint, type Storage } from './Ledger.ts'
import { decodeCall, fromHex, type SimulatedArgs, SimulatedRevert, toHex } from './simulatedCall.ts'

/** A transaction as its bytes say it. */
type Transaction = {
  readonly from: Address
  readonly nonce: number
  readonly to: Address
  readonly data: Hex
}

/** What a contract told in a block that stands. */
export type SimulatedLog = {
  readonly address: Address
  readonly event: SimulatedArgs
  readonly hash: Hex
  readonly block: bigint
}

type Block = {
  readonly ref: BlockRef
  readonly storage: Storage
  readonly nonces: ReadonlyMap<string, number>
  readonly mined: readonly { readonly transaction: Transaction; readonly receipt: Receipt }[]
  readonly logs: readonly SimulatedLog[]
}

/** Outcome of calls run one after another: all done, or the first that was refused. */
export type RunOutcome =
  | { readonly type: 'settled' }
  | { readonly type: 'reverted'; readonly index: number; readonly data: Hex }

/**
 * A chain in memory: blocks, accounts, nonces, a pool of waiting transactions and contracts with state.
 *
 * Every port is served from the same blocks, so what a read says and what a transaction does cannot differ.
 */
export type SimulatedChain = ChainHead &
  SubmissionLane &
  Simulator & {
    deploy(contract: Contract): void
    /** Storage as of a block. @throws VenueReadError when the chain does not have it. */
    at(block: BlockRef): Storage
    /** Changes the newest block's storage from outside: faucets and prices. Makes a new block. */
    write(change: (storage: Storage, time: bigint) => void): void
    fund(account: Address, token: Token, raw: bigint): void
    signer(account: Address): Signer
    spot(tokens: readonly Token[]): SpotSource
    /** What a contract told in blocks `from` to `to`, both included, in order. */
    logs(p: {
      readonly address: Address
      readonly from: bigint
      readonly to: bigint
    }): readonly SimulatedLog[]
    /** Sends calls of an account past its nonce rules, each in a block of its own. */
    run(calls: readonly Call[], from: Address): RunOutcome
    /** Whether waiting transactions are mined as soon as they arrive. */
    automine(on: boolean): void
    /** Makes a block of the waiting transactions. [s] */
    mine(seconds?: number): void
    /** Takes blocks away; their transactions are forgotten, as if nobody had sent them. */
    reorg(depth: number): void
    /** Every mined transaction of an account, oldest first. */
    mined(account: Address): readonly { readonly nonce: number; readonly receipt: Receipt }[]
    checkpoint(): () => void
  }

const GAS = 100_000n

/** Creates a chain with one empty block. Blocks are a second apart unless time is made to pass. */
export function createSimulatedChain(
  p: { readonly timestamp?: bigint; readonly gasPrice?: bigint } = {},
): SimulatedChain {
  const gasPrice = p.gasPrice ?? 10n ** 9n
  const contracts = new Map<string, Contract>()
  let pool: { readonly hash: Hex; readonly transaction: Transaction }[] = []
  let automining = true
  let forks = 0
  let blocks: readonly Block[] = [
    {
      ref: refOf(0n, p.timestamp ?? 1_700_000_000n, 0),
      storage: new Map(),
      nonces: new Map(),
      mined: [],
      logs: [],
    },
  ]

  function refOf(number: bigint, timestamp: bigint, fork: number): BlockRef {
    return { number, timestamp, hash: digest(`${number}/${timestamp}/${fork}`), gasPrice }
  }

  const tip = (): Block => {
    const block = blocks.at(-1)
    if (block === undefined)
      throw new InvalidInputError({
        field: 'reorg',
        found: 'no block left',
        allowed: 'one or more',
      })
    return block
  }
  const nonceOf = (account: Address): number => tip().nonces.get(account.toLowerCase()) ?? 0
  const next = (seconds = 1): BlockRef =>
    refOf(tip().ref.number + 1n, tip().ref.timestamp + BigInt(seconds), forks)

  /** Runs one call on a copy. @throws SimulatedRevert */
  const apply = (
    storage: Storage,
    from: Address,
    to: Address,
    data: Hex,
    time: bigint,
  ): { readonly storage: Storage; readonly told: readonly Told[] } => {
    const copy: Storage = new Map(storage)
    const told: Told[] = []
    const enter = (sender: Address, target: Address, bytes: Hex): void => {
      const contract = contracts.get(target.toLowerCase())
      if (contract === undefined) throw new SimulatedRevert(target, 'no contract')
      contract.run({
        storage: copy,
        sender,
        ...decodeCall(bytes),
        time,
        emit: (event) => told.push({ address: target, event }),
        call: (inner, innerData) => enter(target, inner, innerData),
      })
    }
    enter(from, to, data)
    return { storage: copy, told }
  }

  /** Result of running calls in a row on top of a storage. */
  const play = (
    storage: Storage,
    from: Address,
    calls: readonly Call[],
    time: bigint,
  ): {
    readonly outcome: RunOutcome
    readonly storage: Storage
    readonly told: readonly Told[]
  } => {
    let state = storage
    const told: Told[] = []
    for (const [index, { to, data }] of calls.entries())
      try {
        const applied = apply(state, from, to, data, time)
        state = applied.storage
        told.push(...applied.told)
      } catch (cause) {
        if (!(cause instanceof SimulatedRevert)) throw cause
        return { outcome: { type: 'reverted', index, data: cause.data }, storage: state, told }
      }
    return { outcome: { type: 'settled' }, storage: state, told }
  }

  const mine = (seconds = 1): void => {
    const ref = next(seconds)
    let { storage } = tip()
    const nonces = new Map(tip().nonces)
    const mined: Block['mined'][number][] = []
    const logs: SimulatedLog[] = []
    const waiting = [...pool].sort((a, b) => a.transaction.nonce - b.transaction.nonce)
    pool = []
    for (const each of waiting) {
      const { from, nonce, to, data } = each.transaction
      const expected = nonces.get(from.toLowerCase()) ?? 0
      if (nonce > expected) pool.push(each)
      if (nonce !== expected) continue
      const call: Call = { to, data, value: 0n, venue: '', label: '' }
      const played = play(storage, from, [call], ref.timestamp)
      storage = played.storage
      logs.push(...logsOf(played.told, each.hash, ref))
      nonces.set(from.toLowerCase(), nonce + 1)
      mined.push({
        transaction: each.transaction,
        receipt: {
          hash: each.hash,
          status: played.outcome.type === 'settled' ? 'success' : 'reverted',
          block: ref.number,
          gasUsed: GAS,
          gasPrice,
        },
      })
    }
    blocks = [...blocks, { ref, storage, nonces, mined, logs }]
  }

  const receiptOf = (hash: Hex): Receipt | null =>
    blocks.flatMap(({ mined }) => mined).find(({ receipt }) => receipt.hash === hash)?.receipt ??
    null

  const write = (change: (storage: Storage, time: bigint) => void): void => {
    const ref = next()
    const storage = new Map(tip().storage)
    change(storage, ref.timestamp)
    blocks = [...blocks, { ...tip(), ref, storage, mined: [], logs: [] }]
  }

  return {
    deploy: (contract) => contracts.set(contract.address.toLowerCase(), contract),
    latest: async () => tip().ref,
    isCanonical: async ({ hash }) => blocks.some(({ ref }) => ref.hash === hash),
    at(ref) {
      const block = blocks.find((each) => each.ref.hash === ref.hash)
      if (block === undefined)
        throw new VenueReadError({ venue: 'simulated chain', what: `block ${ref.number}` })
      return block.storage
    },
    write,
    fund: (account, token, raw) => write((storage) => mint(storage, token, account, raw)),

    nonce: async (account) => nonceOf(account),
    receipt: async (hash) => receiptOf(hash),
    async send({ raw, hash }) {
      if (digest(raw) !== hash)
        throw new InvalidInputError({ field: 'hash', found: hash, allowed: digest(raw) })
      if (receiptOf(hash) !== null || pool.some((each) => each.hash === hash)) return
      const transaction = fromHex(raw) as Transaction
      const rival = pool.some(
        ({ transaction: { from, nonce } }) =>
          sameAddress(from, transaction.from) && nonce === transaction.nonce,
      )
      if (transaction.nonce < nonceOf(transaction.from) || rival)
        throw new VenueReadError({ venue: 'simulated chain', what: 'send: nonce is taken' })
      pool.push({ hash, transaction })
      if (automining) mine()
    },

    async simulate({ from, calls }) {
      const { outcome } = play(tip().storage, from, calls, next().timestamp)
      if (outcome.type === 'settled') return { type: 'succeeded', gas: calls.map(() => GAS) }
      const call = calls[outcome.index]
      if (call === undefined)
        throw new InvalidInputError({ field: 'index', found: outcome.index, allowed: 'a call' })
      return { type: 'reverted', index: outcome.index, call, data: outcome.data }
    },

    signer: (account): Signer => ({
      address: account,
      async sign({ call, nonce }): Promise<SignedTransaction> {
        const transaction: Transaction = { from: account, nonce, to: call.to, data: call.data }
        const raw = toHex(transaction)
        return { hash: digest(raw), raw, nonce, call }
      },
    }),

    spot: (tokens) => ({
      async read(account, block): Promise<readonly Amount[]> {
        const found = blocks.find(({ ref }) => ref.hash === block.hash)
        if (found === undefined)
          throw new VenueReadError({ venue: 'simulated chain', what: `block ${block.number}` })
        return tokens.map((token) => ({ token, raw: balanceOf(found.storage, token, account) }))
      },
    }),

    logs: ({ address, from, to }) =>
      blocks
        .filter(({ ref }) => from <= ref.number && ref.number <= to)
        .flatMap(({ logs }) => logs)
        .filter((log) => sameAddress(log.address, address)),

    run(calls, from) {
      for (const [index, call] of calls.entries()) {
        const ref = next()
        const played = play(tip().storage, from, [call], ref.timestamp)
        const logs = logsOf(played.told, digest(ref.hash), ref)
        blocks = [...blocks, { ...tip(), ref, storage: played.storage, mined: [], logs }]
        if (played.outcome.type === 'reverted') return { ...played.outcome, index }
      }
      return { type: 'settled' }
    },

    automine(on) {
      automining = on
    },
    mine,
    reorg(depth) {
      if (depth >= blocks.length)
        throw new InvalidInputError({
          field: 'reorg',
          found: depth,
          allowed: `fewer than ${blocks.length} blocks`,
        })
      forks += 1
      blocks = blocks.slice(0, blocks.length - depth)
    },
    mined: (account) =>
      blocks
        .flatMap(({ mined }) => mined)
        .filter(({ transaction }) => sameAddress(transaction.from, account))
        .map(({ transaction: { nonce }, receipt }) => ({ nonce, receipt })),
    checkpoint() {
      const [kept, waiting] = [blocks, pool]
      return () => {
        forks += 1
        blocks = kept
        pool = waiting
      }
    },
  }
}

type Told = Pick<SimulatedLog, 'address' | 'event'>

const logsOf = (
  told: readonly Told[],
  hash: Hex,
  { number: block }: BlockRef,
): readonly SimulatedLog[] => told.map((each) => ({ ...each, hash, block }))

const digest = (text: string): Hex => `0x${createHash('sha256').update(text).digest('hex')}`
