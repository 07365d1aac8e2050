/** How grave: a `problem` keeps people out or will soon; a `warning` should be looked after. */
export type Level = 'ok' | 'info' | 'warning' | 'problem';

/** What one check saw, and what to do about it. */
export interface Finding {
  check: string;
  level: Level;
  message: string;
  advice?: string;
}

type Say = (message: string, advice?: string) => Finding;

/** The four ways a check can end. */
export const findings = (check: string): Record<Level, Say> => {
  const say =
    (level: Level): Say =>
    (message, advice) => ({ check, level, message, ...(advice && { advice }) });
  return { ok: say('ok'), info: say('info'), warning: say('warning'), problem: say('problem') };
};
