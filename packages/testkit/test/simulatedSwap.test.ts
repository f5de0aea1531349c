import { createSimulatedSwapHarness, swapVenueSuite } from '../src/index.ts'

swapVenueSuite({ name: 'simulated', create: async () => createSimulatedSwapHarness() })
