# Figures of directed graphs as networkx computes them, of lines of JSON: a list of edges
# [from, to] gives [density, reciprocity, in-degree centralization]. networkx has no
# centralization; it follows from its degrees as Freeman has it.
import json
import sys

import networkx

for line in sys.stdin:
    graph = networkx.DiGraph(json.loads(line))
    n = graph.number_of_nodes()
    degrees = [degree for _, degree in graph.in_degree()]
    centralization = sum(max(degrees) - degree for degree in degrees) / (n - 1) ** 2
    density = networkx.density(graph)
    reciprocity = networkx.overall_reciprocity(graph)
    print(json.dumps([float(density), float(reciprocity), float(centralization)]))
