# Qini coefficients by groups, by the functions of the package uplift, which is no longer on CRAN: give the path of its R files.
path <- commandArgs(TRUE)[1]
for (file in c("performance.R", "qini.R")) source(file.path(path, file))
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
set.seed(20261130)
cases <- sapply(list(list("ten groups", 10, 400, 3), list("five", 5, 123, 3), list("ties, fewer groups", 10, 300, 0)), function(k) {
  n <- k[[3]]; score <- round(rnorm(n), k[[4]]); ct <- rbinom(n, 1, 0.4); y <- rbinom(n, 1, plogis(-1 + ct * score / 2))
  perf <- suppressWarnings(performance(score, rep(0, n), y, ct, groups = k[[2]])); q <- qini(perf, plotit = FALSE)
  obj(case = paste0('"', k[[1]], '"'), y = num(y), treatment = num(ct), uplift = num(score), asked = k[[2]], treated = num(perf[, 2]), control = num(perf[, 3]), responsesTreated = num(perf[, 4]), responsesControl = num(perf[, 5]),
    gains = num(q$inc.gains), randomGains = num(q$random.inc.gains), qini = formatC(q$Qini, digits = 17, format = "g"))
})
writeLines(obj(package = '"uplift"', version = '"0.3.5"', script = '"parity/r/uplift.R"', seed = 20261130, tolerance = 1e-9, cases = paste0("[", paste(cases, collapse = ","), "]")), file.path(here, "../../packages/stats/test/parity/fixtures/r-uplift-qini.json"))
