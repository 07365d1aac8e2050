import { HOME_DAYS, type Home } from '../../../management/home';
import type { PortalContext } from '../frame-model';
import { day } from '../moment';

const DAY = 24 * 3600 * 1000;
const WIDTH = 560;
const HEIGHT = 140;
const STEP = WIDTH / HOME_DAYS;

/** Sign-ins per day, those that worked below those that did not, for the part `bars`. */
export function signInsChart(signIns: NonNullable<Home['signIns']>, { t, language, now }: PortalContext): object {
  const days = Array.from({ length: HOME_DAYS }, (_, index) => {
    const date = new Date(now.getTime() - (HOME_DAYS - 1 - index) * DAY);
    const found = signIns.find((one) => one.day === date.toISOString().slice(0, 10));
    return { date, succeeded: found?.succeeded ?? 0, refused: found?.refused ?? 0 };
  });
  const most = Math.max(1, ...days.map(({ succeeded, refused }) => succeeded + refused));
  const height = (count: number): number => Math.round((count / most) * HEIGHT * 10) / 10;
  const number = new Intl.NumberFormat(language);
  return {
    title: t('portal.home.signIns'),
    legend: (['succeeded', 'refused'] as const).map((key) => ({
      tone: key === 'succeeded' ? 'good' : 'bad',
      label: t(`portal.signIns.state.${key}`),
    })),
    bars: {
      ...{ width: WIDTH, height: HEIGHT, from: day(days[0]!.date, language), to: day(now, language) },
      parts: days.flatMap(({ succeeded, refused }, index) => {
        const [good, bad] = [height(succeeded), height(refused)];
        const place = { x: index * STEP + 4, width: STEP - 8 };
        return [
          { tone: 'good', ...place, y: HEIGHT - good, height: good },
          { tone: 'bad', ...place, y: HEIGHT - good - bad, height: bad },
        ].filter((part) => part.height > 0);
      }),
    },
    table: {
      label: t('portal.home.signIns'),
      columns: [
        { label: t('portal.home.day') },
        { label: t('portal.signIns.state.succeeded'), numeric: true },
        { label: t('portal.signIns.state.refused'), numeric: true },
      ],
      rows: days.map(({ date, succeeded, refused }) => ({
        id: date.toISOString(),
        cells: [{ text: day(date, language) }, { text: number.format(succeeded) }, { text: number.format(refused) }],
      })),
    },
  };
}
