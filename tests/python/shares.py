# Wilson's intervals and Fisher's exact test as statsmodels and scipy compute them, of
# lines of JSON: [k, n, l, m] gives [low, high, p], for k of n and for k of n against l of m.
import json
import sys

from scipy.stats import fisher_exact
from statsmodels.stats.proportion import proportion_confint

for line in sys.stdin:
    k, n, l, m = json.loads(line)
    low, high = proportion_confint(k, n, alpha=0.05, method="wilson")
    p = fisher_exact([[k, n - k], [l, m - l]])[1]
    print(json.dumps([float(low), float(high), float(p)]))
