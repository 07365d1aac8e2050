import { AppError } from '../../domain/errors';

/** More passwords wait to be looked at than could be answered in decent time; met as `rate_limited`. */
export class LaneFull extends AppError {
  constructor(waiting: number) {
    super('rate_limited', { cause: `${waiting} passwords are waiting to be hashed` });
    this.name = 'LaneFull';
  }
}

/** Runs the work when its turn comes. @throws LaneFull at once, when too much is waiting already */
export type Lane = <T>(work: () => Promise<T>) => Promise<T>;

/** Work that is done a few at once, the rest in the order in which it came. */
export function createLane({ atOnce, waiting }: { atOnce: number; waiting: number }): Lane {
  const queue: (() => void)[] = [];
  let running = 0;

  // A turn that ends is handed on, so that nobody who comes in between gets ahead.
  const turn = (): Promise<void> | undefined => {
    if (running < atOnce) return void running++;
    if (queue.length >= waiting) throw new LaneFull(waiting);
    return new Promise((resolve) => queue.push(resolve));
  };
  const handOn = (): void => {
    const next = queue.shift();
    if (next) next();
    else running--;
  };

  return async (work) => {
    await turn();
    try {
      return await work();
    } finally {
      handOn();
    }
  };
}
