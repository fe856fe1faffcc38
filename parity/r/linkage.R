# Trees by R's hclust on distances as given: what only R calls by these names.
seed <- 23
set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
x <- round(matrix(rnorm(40), 20), 2)
d <- dist(x)
methods <- c(ward.D = "ward", ward.D2 = "ward", mcquitty = "weighted", centroid = "centroid", median = "median")
cases <- sapply(names(methods), function(m) {
  tree <- hclust(d, m)
  obj(case = paste0('"', m, '"'), linkage = paste0('"', methods[[m]], '"'), update = if (m == "ward.D2") '"squared"' else '"asGiven"',
    n = 20, distances = num(as.matrix(d)), heights = num(tree$height), clusters = num(cutree(tree, 4)))
})
text <- obj(package = '"stats"', version = paste0('"', as.character(packageVersion("stats")), '"'), script = '"parity/r/linkage.R"',
  seed = seed, tolerance = 1e-12, cases = paste0("[", paste(cases, collapse = ","), "]"))
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
writeLines(text, file.path(here, "../../packages/stats/test/parity/fixtures", "r-hclust.json"))
